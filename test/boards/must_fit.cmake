# What is known to fit its board, as preset/board-program. One of these that no longer fits is a
# failure; any other that does not fit is skipped with the figures. Add a line when one fits.
set(must_fit_firmware)
