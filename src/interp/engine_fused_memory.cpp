// Fused handlers, part 3 of fused.def.
#include "interp/forms.hpp"

#if MOTE_FUSED
#define MOTE_FUSED_PART 3
#include "interp/engine_fused.hpp"
#endif
