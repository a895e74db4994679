;; A WASI guest for the test of the C API: writes a text, and returns how many arguments it has.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get"
    (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\05\00\00\00")  ;; an iovec: 5 bytes at 16
  (data (i32.const 16) "hello")
  (func (export "greet") (result i32)
    (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))
      (then (return (i32.const -1))))
    (if (call $args_sizes_get (i32.const 32) (i32.const 36)) (then (return (i32.const -2))))
    (i32.load (i32.const 32)))
  ;; The error number of the clock, or the low half of its time.
  (func (export "time") (result i32) (local $error i32)
    (local.set $error (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 40)))
    (select (local.get $error) (i32.load (i32.const 40)) (local.get $error)))
  (func (export "random") (result i32) (call $random_get (i32.const 48) (i32.const 4)))
  (func (export "exit") (call $proc_exit (i32.const 7))))
