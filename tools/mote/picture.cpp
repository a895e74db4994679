// Pictures of where bytes go: see picture.hpp.
#include "picture.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace mote::tool {

namespace {

constexpr size_t kBarWidth = 64;

uint64_t sum(const std::vector<Part>& parts) {
  uint64_t bytes = 0;
  for (const Part& part : parts) bytes += part.bytes;
  return bytes;
}

// Colours that those who do not see all of them can tell apart, too (Okabe and Ito), and greys.
const char* colour_of(size_t index) {
  constexpr const char* kColours[] = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                      "#56b4e9", "#d55e00", "#f0e442", "#666666",
                                      "#999999", "#332288", "#882255", "#44aa99"};
  return kColours[index % (sizeof kColours / sizeof *kColours)];
}

std::string escape_xml(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string svg_text(int x, int y, const std::string& text, const char* more = "") {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\"" + more + ">" +
         escape_xml(text) + "</text>\n";
}

std::string svg_rectangle(double x, int y, double width, int height, const char* style) {
  char text[160];
  std::snprintf(text, sizeof text, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" %s/>\n",
                x, y, width, height, style);
  return text;
}

// One bar with its legend; `*y` moves below it.
std::string svg_memory(const char* name, const std::vector<Part>& parts, uint64_t size, int* y) {
  constexpr int kLeft = 20;
  constexpr int kWidth = 680;
  constexpr int kHeight = 28;
  const uint64_t used = sum(parts);
  const double scale = kWidth / static_cast<double>(std::max({used, size, uint64_t{1}}));
  std::string title = std::string(name) + ": " + std::to_string(used) + " bytes";
  if (size != 0) title += " of " + std::to_string(size);
  std::string out = svg_text(kLeft, *y, title, " font-weight=\"bold\"");
  *y += 8;
  double x = kLeft;
  std::string legend;
  int legend_y = *y + kHeight + 20;
  int column = 0;
  for (size_t i = 0; i < parts.size(); i++) {
    if (parts[i].bytes == 0) continue;
    const std::string fill = std::string("fill=\"") + colour_of(i) + "\"";
    const double width = static_cast<double>(parts[i].bytes) * scale;
    out += svg_rectangle(x, *y, width, kHeight, fill.c_str());
    x += width;
    const int legend_x = kLeft + 230 * column;
    legend += svg_rectangle(legend_x, legend_y - 10, 10, 10, fill.c_str());
    legend +=
        svg_text(legend_x + 16, legend_y, parts[i].name + " " + std::to_string(parts[i].bytes));
    column = (column + 1) % 3;
    if (column == 0) legend_y += 18;
  }
  if (size != 0) {
    out += svg_rectangle(kLeft, *y, static_cast<double>(size) * scale, kHeight,
                         "fill=\"none\" stroke=\"black\"");
  }
  *y = legend_y + (column == 0 ? 14 : 32);
  return out + legend;
}

}  // namespace

char part_letter(size_t index) { return static_cast<char>('a' + index % 26); }

std::string memory_bar(const std::vector<Part>& parts, uint64_t size, bool ascii) {
  const uint64_t used = sum(parts);
  const uint64_t all = std::max({used, size, uint64_t{1}});
  const auto column = [all](uint64_t bytes) {
    return static_cast<size_t>((bytes * kBarWidth + all / 2) / all);
  };
  std::string cells(kBarWidth, '.');
  uint64_t at = 0;
  for (size_t i = 0; i < parts.size(); i++) {
    const size_t begin = column(at);
    at += parts[i].bytes;
    for (size_t c = begin; c < column(at); c++) cells[c] = part_letter(i);
  }
  const char* left = ascii ? "[" : "▕";
  const char* right = ascii ? "]" : "▏";
  const size_t end = size == 0 ? kBarWidth : column(size);
  std::string free = cells.substr(0, end);
  std::string dotted;
  for (const char c : free) {
    if (c == '.' && !ascii) {
      dotted += "·";
    } else {
      dotted += c;
    }
  }
  return left + dotted + right + cells.substr(end);
}

std::string share_bar(uint64_t bytes, uint64_t most, size_t width, bool ascii) {
  if (most == 0 || bytes == 0) return std::string(width, ' ');
  const uint64_t eighths = std::max<uint64_t>(1, (bytes * width * 8 + most / 2) / most);
  const size_t whole = static_cast<size_t>(eighths / 8);
  const size_t rest = static_cast<size_t>(eighths % 8);
  if (ascii) {
    const size_t length = std::max<size_t>(1, whole + (rest >= 4 ? 1 : 0));
    return std::string(length, '#') + std::string(width - std::min(width, length), ' ');
  }
  constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string bar;
  for (size_t i = 0; i < whole; i++) bar += "█";
  bar += kParts[rest];
  return bar + std::string(width - std::min(width, whole + (rest != 0 ? 1 : 0)), ' ');
}

std::string svg_picture(const std::string& title, const Plan& plan, uint64_t ram_size,
                        uint64_t flash_size) {
  int y = 30;
  std::string body = svg_text(20, y, title, " font-size=\"16\"");
  y += 34;
  body += svg_memory("RAM", plan.ram, ram_size, &y);
  y += 14;
  body += svg_memory("Flash", plan.flash, flash_size, &y);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"" + std::to_string(y) +
         "\" font-family=\"sans-serif\" font-size=\"12\">\n"
         "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" +
         body + "</svg>\n";
}

bool is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == 0) continue;
    return std::strstr(value, "UTF-8") != nullptr || std::strstr(value, "utf8") != nullptr ||
           std::strstr(value, "UTF8") != nullptr || std::strstr(value, "utf-8") != nullptr;
  }
  return false;
}

}  // namespace mote::tool
