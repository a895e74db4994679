;; Guests without an end, to be interrupted. Each first writes a line.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\06\00\00\00\20\00\00\00\00\10\00\00")  ;; a line, much
  (data (i32.const 32) "hello\0a")
  (func $line (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
  (func (export "spin") (call $line) (loop (br 0)))
  (func (export "write") (call $line)
    (loop (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))) (br 0)))
  (func (export "read") (call $line)
    (loop (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16))) (br 0)))
  ;; A clock that is due in 500 years.
  (func (export "sleep") (call $line)
    (i32.store (i32.const 8208) (i32.const 1))
    (i64.store (i32.const 8216) (i64.const 0x7fffffffffffffff))
    (loop (drop (call $poll_oneoff (i32.const 8192) (i32.const 9000) (i32.const 1) (i32.const 16)))
      (br 0))))
