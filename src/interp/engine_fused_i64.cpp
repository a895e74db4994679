// Fused handlers, part 2 of fused.def.
#include "interp/forms.hpp"

#if MOTE_FUSED
#define MOTE_FUSED_PART 2
#include "interp/engine_fused.hpp"
#endif
