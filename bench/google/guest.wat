;; The guest of the benchmarks: one exported function for each thing that is measured.
(module
  (import "host" "nothing" (func $nothing))
  (import "host" "add" (func $add_by_host (param i32 i32) (result i32)))
  (import "host" "sum" (func $sum_by_host (param i32 i32) (result i32)))
  (memory (export "memory") 4)

  (func (export "nothing"))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))

  ;; Call a function of the host `count` times.
  (func (export "call_nothing") (param $count i32)
    (loop $again
      (call $nothing)
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
  (func (export "call_add") (param $count i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (call $add_by_host (local.get $sum) (local.get $count)))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $sum))
  ;; Pass 16 bytes of memory.
  (func (export "call_sum") (param $count i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $sum_by_host (i32.const 64) (i32.const 16))))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $sum))
  ;; The same loop with a call within the guest, to compare with.
  (func $own (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "call_own") (param $count i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (call $own (local.get $sum) (local.get $count)))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $sum))

  ;; Copy or fill `length` bytes, `count` times.
  (func (export "copy") (param $length i32) (param $count i32)
    (loop $again
      (memory.copy (i32.const 131072) (i32.const 1024) (local.get $length))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))
  (func (export "fill") (param $length i32) (param $count i32)
    (loop $again
      (memory.fill (i32.const 131072) (i32.const 7) (local.get $length))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))

  ;; Go round without end.
  (func (export "forever")
    (loop $again (br $again)))
  ;; Go round `count` times.
  (func (export "spin") (param $count i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.xor (i32.add (local.get $sum) (local.get $count)) (i32.const 85)))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $sum)))
