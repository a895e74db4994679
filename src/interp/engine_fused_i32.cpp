// Fused handlers, part 1 of fused.def.
#include "interp/forms.hpp"

#if MOTE_FUSED
#define MOTE_FUSED_PART 1
#include "interp/engine_fused.hpp"
#endif
