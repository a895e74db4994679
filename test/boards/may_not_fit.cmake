# What does not fit its board yet, as preset/board-program: it is skipped, with the figures. Everything
# else that does not fit is a failure. Take out what fits.
set(may_not_fit
  cortex-m0/microbit-saved_large
  cortex-m3/lm3s811evb-saved_large
  cortex-m3/stm32vldiscovery-saved_large
  rv32/sifive_e-saved_large)
