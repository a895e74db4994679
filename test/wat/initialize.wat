;; Traps unless it was initialized.
(module
  (global $ready (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $ready (i32.const 1)))
  (func (export "value") (result i32)
    (if (i32.eqz (global.get $ready)) (then (unreachable)))
    (i32.const 42)))
