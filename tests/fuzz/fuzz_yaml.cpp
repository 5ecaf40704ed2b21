// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as YAML and as JSON: it is refused with the file's name, or what was read is written and reads the same again.
#include "edge/value.h"

#include <simdjson.h>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    if (const auto json = edge::parseJson(text)) {
        const auto again = edge::parseJson(edge::toJson(*json));
        if (!again || !(*again == *json))
            std::abort();
    }
    const auto documents = edge::parseYaml(text, "fuzz.yaml");
    if (!documents)
        return documents.error().message.find("fuzz.yaml") == std::string::npos ? (std::abort(), 1) : 0;
    if (!simdjson::validate_utf8(text.data(),
                                 text.size())) // no YAML; read all the same, but not to be written
        return 0;
    for (const edge::Value &document : *documents) {
        const auto again = edge::parseYaml(edge::toYaml(document));
        if (!again || again->size() != 1 || !(again->front() == document))
            std::abort();
    }
    return 0;
}
