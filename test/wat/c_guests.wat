;; Guests for the tests of the C API in test/c/test_mote_guests.c: many of them on one native stack.
(module
  (import "host" "log" (func $log (param i32)))
  (import "host" "wait" (func $wait (result i32)))
  (global $rounds (export "rounds") (mut i32) (i32.const 0))
  (func (export "work") (param $n i32) (result i32)
    (loop $again
      (global.set $rounds (i32.add (global.get $rounds) (i32.const 1)))
      (br_if $again (i32.lt_u (global.get $rounds) (local.get $n))))
    (global.get $rounds))
  (func (export "spin") (loop $again
    (global.set $rounds (i32.add (global.get $rounds) (i32.const 1)))
    (br $again)))
  (func (export "log") (param i32) (call $log (local.get 0)))
  (func (export "wait") (result i32) (call $wait)))
