;; A WASI guest for the test of files in the C API: writes and reads a file of the first preopened
;; directory (descriptor 3), and asks how that is called. Returns error numbers of WASI.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir"
    (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name"
    (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\05\00\00\00")  ;; an iovec: 5 bytes at 32
  (data (i32.const 32) "hello")
  (data (i32.const 64) "note.txt")
  (data (i32.const 80) "../note.txt")
  ;; Opens the name at 64 with these flags (1: create); its descriptor is at 16 then.
  (func $open (param $flags i32) (param $name i32) (param $length i32) (result i32)
    (call $path_open (i32.const 3) (i32.const 0) (local.get $name) (local.get $length)
      (local.get $flags) (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 16)))
  (func $write (export "write") (result i32) (local $error i32)
    (if (local.tee $error (call $open (i32.const 1) (i32.const 64) (i32.const 8)))
      (then (return (local.get $error))))
    (if (local.tee $error
          (call $fd_write (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 24)))
      (then (return (local.get $error))))
    (call $fd_close (i32.load (i32.const 16))))
  (func (export "must write") (if (call $write) (then (unreachable))))
  ;; What was read is at 32, its length at 24.
  (func (export "read") (result i32) (local $error i32)
    (if (local.tee $error (call $open (i32.const 0) (i32.const 64) (i32.const 8)))
      (then (return (local.get $error))))
    (i64.store (i32.const 32) (i64.const 0))
    (if (local.tee $error
          (call $fd_read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 24)))
      (then (return (local.get $error))))
    (call $fd_close (i32.load (i32.const 16))))
  ;; A file that stays open; and one outside.
  (func (export "keep open") (result i32) (call $open (i32.const 0) (i32.const 64) (i32.const 8)))
  (func (export "escape") (result i32) (call $open (i32.const 0) (i32.const 80) (i32.const 11)))
  ;; The entries at 256, their length at 24.
  (func (export "list") (result i32)
    (call $fd_readdir (i32.const 3) (i32.const 256) (i32.const 512) (i64.const 0) (i32.const 24)))
  ;; The directory's name, of 5 bytes, at 128.
  (func (export "name") (result i32)
    (call $fd_prestat_dir_name (i32.const 3) (i32.const 128) (i32.const 5)))
  (func (export "print") (result i32)
    (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 24))))
