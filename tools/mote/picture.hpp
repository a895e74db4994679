// Pictures of where bytes go: bars of text, and SVG.
#pragma once

#include <string>

#include "plan.hpp"

namespace mote::tool {

// A bar of a memory of `size` bytes: a letter for each part's share, dots for what is free. What
// does not fit stands behind the end.
std::string memory_bar(const std::vector<Part>& parts, uint64_t size, bool ascii);
// The letter of part `index`.
char part_letter(size_t index);
// A bar as long as `bytes` of `most`, `width` characters wide.
std::string share_bar(uint64_t bytes, uint64_t most, size_t width, bool ascii);

// Two bars with a legend, as an SVG picture. `flash_size` 0: not asked for.
std::string svg_picture(const std::string& title, const Plan& plan, uint64_t ram_size,
                        uint64_t flash_size);

// Whether the terminal's language has UTF-8.
bool is_utf8();

}  // namespace mote::tool
