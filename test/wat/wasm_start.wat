;; A start function that traps when the imported global says so.
(module
  (import "" "flag" (global $flag i32))
  (import "" "count" (global $count (mut i32)))
  (func $check (if (global.get $flag) (then (unreachable))))
  (func $start
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (call $check))
  (start $start))
