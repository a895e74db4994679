;; Its import does not exist; its name holds a zero byte and an escape character.
(module (import "a\00b" "\1b[31m" (func)))
