// SPDX-License-Identifier: GPL-3.0-or-later
// Any two texts as host globs: the order does not matter, and a name fits itself and "*".
#include "edge/config/host_globs.h"

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const std::size_t cut = text.find('\n');
    const std::string_view a = text.substr(0, cut);
    const std::string_view b = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 1);
    if (edge::hostGlobsMatch(a, b) != edge::hostGlobsMatch(b, a))
        std::abort();
    if (!a.empty() && (!edge::hostGlobsMatch(a, a) || !edge::hostGlobsMatch("*", a)))
        std::abort();
    return 0;
}
