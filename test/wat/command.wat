;; For the tests of the command: names that would command a terminal, floats, exit codes.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory 3)  ;; not exported
  (func $fail (export "e\1b]0;title\07\0a\c2\85\22\5c") (unreachable))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "exit") (param i32) (call $exit (local.get 0)))
  (func (export "fail") (call $fail)))
