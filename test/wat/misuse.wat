;; A guest whose host does what it should not, in the middle of everything: for the tests of misuse.
;; It is instantiated with a start function that does the same.
(module
  (import "host" "act" (func $act (param i32) (result i32)))
  (memory (export "memory") 1 8)
  (table $table (export "table") 4 40 funcref)
  (type $unary (func (param i32) (result i32)))
  (global $started (export "started") (mut i32) (i32.const 0))
  (elem (i32.const 0) $act $twice)
  (func $twice (export "twice") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 2)))
  ;; What was in locals, memory and table before the host's work is still there after it.
  (func $around (export "around") (param $what i32) (result i32)
    (local $sum i64)
    (local.set $sum (i64.const 0x100000000))
    (i32.store (i32.const 500) (i32.const 77))
    (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (call $act (local.get $what)))))
    (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (i32.load (i32.const 500)))))
    (i32.store (i32.const 504) (i32.const 1))
    (i32.add
      (i32.wrap_i64 (i64.shr_u (local.get $sum) (i64.const 32)))
      (i32.add (i32.wrap_i64 (local.get $sum)) (i32.load (i32.const 504)))))
  ;; The same through the table.
  (func (export "indirect") (param $what i32) (result i32)
    (i32.store (i32.const 500) (i32.const 77))
    (i32.add
      (i32.add (call_indirect (type $unary) (local.get $what) (i32.const 0))
               (call_indirect (type $unary) (i32.const 3) (i32.const 1)))
      (i32.load (i32.const 500))))
  ;; A loop that reads and writes what others may move.
  (func (export "count") (param $n i32) (result i32)
    (loop
      (i32.store (i32.const 600) (i32.add (i32.load (i32.const 600)) (i32.const 1)))
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.load (i32.const 600)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "poke") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
  (func $start
    (global.set $started (call $around (i32.const 7))))
  (start $start))
