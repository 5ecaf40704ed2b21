// SPDX-License-Identifier: GPL-3.0-or-later
// Any JSON list as objects, in every generation: nothing crashes, the kept-up-to-date configuration equals the one
// compiled anew, and Envoy's form can be written.
#include "edge/config/compilation.h"
#include "edge/config/envoy_export.h"
#include "edge/route_table.h"
#include "tests/fuzz/json_mutator.h"

#include <cstdlib>

extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char *data, std::size_t size, std::size_t maxSize,
                                               unsigned seed)
{
    return mutateJson(data, size, maxSize, seed);
}

namespace {

void abortUnlessAsAnew(edge::Compilation &compilation, const edge::CompileOptions &options)
{
    if (!(compilation.compile() == edge::compile(compilation.objects(), options)))
        std::abort();
}

std::string namespaceOf(const edge::Value &object)
{
    const std::string &name = object.at({"metadata", "namespace"}).text();
    return name.empty() ? "default" : name;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto list = edge::parseJson(text);
    if (!list || !list->isArray())
        return 0;
    const std::vector<edge::Value> &objects = list->items();
    edge::CompileOptions options;
    options.compat = edge::Compat(size % 4);
    options.admitted = size % 8 < 6;
    options.allSecretsKnown = size % 3 == 0;
    const edge::Config config = edge::compile(objects, options);
    edge::Compilation compilation(options);
    for (const edge::Value &object : objects)
        compilation.set(object);
    abortUnlessAsAnew(compilation, options);
    const auto isTurnOf = [&](std::size_t i) { return (size >> (i % 7)) % 2 == 0; };
    for (std::size_t i = 0; i < objects.size(); ++i) { // some go, and come back
        if (isTurnOf(i))
            compilation.remove(objects[i]["kind"].text(), namespaceOf(objects[i]),
                               objects[i].at({"metadata", "name"}).text());
    }
    abortUnlessAsAnew(compilation, options);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (isTurnOf(i))
            compilation.set(objects[i]);
    }
    abortUnlessAsAnew(compilation, options);
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
