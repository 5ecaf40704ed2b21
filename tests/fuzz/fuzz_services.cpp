// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a Mapping's service: what is read can be written and reads the same again.
#include "edge/config/service_name.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    const bool hasEscape = text.find('%') != std::string::npos; // %41 becomes A, which would become a
    for (const edge::ServiceReading reading :
         {edge::ServiceReading{true, true}, {true, false}, {false, false}}) {
        (void)edge::parseTarget(text, reading);
        const edge::ServiceName name = edge::parseService(text, reading);
        if (!name.problem.empty())
            continue;
        edge::ServiceScope scope{"blue", "ambassador", true, size % 2 == 0, reading};
        std::string problem;
        const std::string qualified = edge::qualifiedService(text, scope, &problem);
        if (problem.empty() && reading.isStrict && !hasEscape
            && edge::qualifiedService(qualified, scope) != qualified)
            std::abort();
        (void)edge::endpointName(text, scope);
    }
    return 0;
}
