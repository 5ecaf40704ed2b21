// SPDX-License-Identifier: GPL-3.0-or-later
// Any texts as regexes of a Mapping, a path and a substitution: a table is built or the Mapping is left out, and both
// matching and rewriting end.
#include "edge/config/compile.h"
#include "edge/route_table.h"

#include <cstdlib>

using edge::Value;

namespace {

std::string_view nextLine(std::string_view &text)
{
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    static const Value listener =
        edge::parseYaml(
            "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l}, spec: {port: "
            "8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}}")
            .value()
            .front();
    std::string_view text(reinterpret_cast<const char *>(data), size);
    const std::string pattern(nextLine(text)), substitution(nextLine(text)), header(nextLine(text));
    Value mapping = Value::object({{"apiVersion", "getambassador.io/v3alpha1"}, {"kind", "Mapping"}});
    mapping.child("metadata").set("name", "m");
    Value &spec = mapping.child("spec");
    spec = Value::object({{"prefix", pattern}, {"prefix_regex", true}, {"service", "s"}, {"hostname", "*"}});
    spec.set("regex_rewrite", Value::object({{"pattern", pattern}, {"substitution", substitution}}));
    if (!header.empty())
        spec.set("regex_headers", Value::object({{"x-a", header}}));
    const auto table = edge::RouteTable::build(edge::compile(std::vector<Value>{listener, mapping}, {}));
    if (!table) // the compiler leaves out what RE2 refuses
        std::abort();
    edge::RequestHead head;
    head.target = std::string(text.substr(0, 2000));
    head.headers.add("host", "a");
    head.headers.add("x-a", header);
    edge::RouteQuery query;
    query.head = &head;
    (void)(*table)->explain(query);
    return 0;
}
