;; Calls WASI functions that write to memory which was not touched before.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; The sum of the error numbers. A WASI function says 21 (EFAULT) when memory cannot be backed.
  (func (export "arguments") (param $at i32) (result i32)
    (local $errors i32)
    (local.set $errors (call $args_sizes_get (local.get $at)
                                             (i32.add (local.get $at) (i32.const 4))))
    (local.set $errors (i32.add (local.get $errors)
      (call $args_get (i32.sub (local.get $at) (i32.const 9000)) (i32.const 5000))))
    (local.set $errors (i32.add (local.get $errors)
      (call $fdstat (i32.const 1) (i32.const 100))))
    (i32.store (i32.const 2000) (i32.const 60000))
    (i32.store (i32.const 2004) (i32.const 3000))
    (i32.add (local.get $errors)
      (call $fd_write (i32.const 1) (i32.const 2000) (i32.const 1) (i32.const 65000)))))
