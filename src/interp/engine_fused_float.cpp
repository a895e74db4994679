// Fused handlers, part 4 of fused.def.
#include "interp/forms.hpp"

#if MOTE_FUSED
#define MOTE_FUSED_PART 4
#include "interp/engine_fused.hpp"
#endif
