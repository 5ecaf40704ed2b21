// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as manifests, in every generation: nothing crashes, every complaint names its object, the kept-up-to-date
// configuration equals the one compiled anew, and Envoy's form can be written.
#include "edge/config/compilation.h"
#include "edge/config/envoy_export.h"
#include "edge/route_table.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    (void)edge::parseJson(text);
    auto objects = edge::parseYaml(text, "fuzz.yaml");
    if (!objects)
        return objects.error().message.find("fuzz.yaml") == std::string::npos ? (std::abort(), 1) : 0;
    edge::CompileOptions options;
    options.compat = edge::Compat(size % 4);
    options.admitted = size % 8 < 6;
    options.allSecretsKnown = size % 3 == 0;
    const edge::Config config = edge::compile(*objects, options);
    edge::Compilation compilation(options);
    for (const edge::Value &object : *objects)
        compilation.set(object);
    if (!(compilation.compile() == edge::compile(compilation.objects(), options)))
        std::abort();
    (void)edge::toJson(edge::envoyBootstrap(config));
    const auto table = edge::RouteTable::build(config);
    if (!table)
        return 0;
    edge::RequestHead head;
    head.target = "/a/b?c=d";
    head.headers.add("host", "a.example.com");
    for (const edge::Listener &listener : config.listeners) {
        edge::RouteQuery query;
        query.head = &head;
        query.port = listener.port;
        const edge::Decision decision = (*table)->match(query);
        const edge::Explanation why = (*table)->explain(query);
        if (why.outcome != decision.outcome)
            std::abort();
    }
    return 0;
}
