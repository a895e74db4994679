// Fused handlers, part 5 of fused.def.
#include "interp/forms.hpp"

#if MOTE_FUSED
#define MOTE_FUSED_PART 5
#include "interp/engine_fused.hpp"
#endif
