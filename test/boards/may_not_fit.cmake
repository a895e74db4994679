# What does not fit its board yet, as preset/board-program: it is skipped, with the figures. Everything
# else that does not fit is a failure. Take out what fits.
set(may_not_fit
  cortex-m3/lm3s811evb-add
  cortex-m3/lm3s811evb-blink
  cortex-m3/lm3s811evb-hello
  cortex-m3/lm3s811evb-hostile
  cortex-m3/lm3s811evb-probe
  cortex-m3/lm3s811evb-wasi
  cortex-m3/stm32vldiscovery-add
  cortex-m3/stm32vldiscovery-blink
  cortex-m3/stm32vldiscovery-hello
  cortex-m3/stm32vldiscovery-hostile
  cortex-m3/stm32vldiscovery-probe
  cortex-m3/stm32vldiscovery-wasi
  cortex-m0/microbit-saved_large
  cortex-m3/lm3s811evb-saved_large
  cortex-m3/stm32vldiscovery-saved_large
  rv32/sifive_e-saved_large)
