;; Calls between instances, forth and back, until the stack ends or the count does.
(module
  (import "guest" "add" (func $add (param i32 i32) (result i32)))
  (import "guest" "memory" (memory 1))
  (import "guest" "counter" (global $counter (mut i32)))
  (func (export "add_twice") (param i32) (result i32)
    (call $add (call $add (local.get 0) (i32.const 1)) (i32.const 2)))
  (func (export "shared") (result i32)
    (global.set $counter (i32.const 5))
    (i32.load8_u (i32.const 8))))
