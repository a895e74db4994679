# What does not fit its board yet, as preset/board-program or preset/board: it is skipped, with the
# figures. Everything else that does not fit is a failure. Take out what fits.
set(may_not_fit
  cortex-m3/lm3s811evb
  cortex-m3/stm32vldiscovery)
