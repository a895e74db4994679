;; What a profile counts: calls of each kind, loops, instructions that have to wait for memory. Runs with
;; the command.
(module
  (import "env" "gpio_write" (func $gpio_write (param i32 i32)))
  (memory 100)
  (table funcref (elem $leaf $twice))
  (global $started (mut i32) (i32.const 0))
  (start $begin)
  (func $begin (global.set $started (i32.const 1)))
  (func $leaf (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func $twice (param i32) (result i32)
    (i32.add (call $leaf (local.get 0)) (call $leaf (local.get 0))))
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  ;; Each store touches a page that nothing touched before.
  (func $touch (export "touch") (param $pages i32)
    (loop $next
      (i32.store (i32.shl (local.get $pages) (i32.const 12)) (local.get $pages))
      (br_if $next (local.tee $pages (i32.sub (local.get $pages) (i32.const 1))))))
  (func $many (export "many") (param $times i32) (result i32)
    (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call_indirect (param i32) (result i32)
        (local.get $times) (i32.and (local.get $times) (i32.const 1)))))
      (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
    (local.get $sum))
  (func (export "trap") (call $touch (i32.const 5)) (call $gpio_write (i32.const 1) (i32.const 1)) (unreachable))
  (func (export "once")))
