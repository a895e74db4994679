;; All that takes memory while loading, but code: names, segments, programs in constant expressions.
(module $constant_expressions
  (type $binary (func (param i32 i32) (result i32)))
  (table (export "first") 4 funcref)
  (table (export "second") 4 externref)
  (memory (export "memory") 1)
  (global (export "one") i32 (i32.add (i32.mul (i32.const 3) (i32.const 5)) (i32.const 27)))
  (global (export "two") i64
    (i64.sub (i64.add (i64.const 1) (i64.const 2)) (i64.mul (i64.const 3) (i64.const 4))))
  (global (export "three") f64 (f64.const 0.5))
  (export "again" (memory 0))
  (data (i32.add (i32.const 4) (i32.const 4)) "some bytes")
  (data "passive"))
