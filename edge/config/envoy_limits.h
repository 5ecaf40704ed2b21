// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Emissary hands on as it is written, and Envoy refuses: with it the whole configuration, so that the edge goes on
// with the last one that it took, and no change of anybody's arrives any more; or its own control plane, and then the edge
// closes (json_readers.h).  Each rule was seen in Envoy 1.37 and 1.40 (tests/edge/envoy_limits.json).  Pure.
#include "edge/config/compile.h"

namespace edge {

struct FieldRemark
{
    std::string path;    // "spec.add_request_headers.x-a.value"
    std::string message; // a sentence
};

// The end of the sentence that says so, of any object.
inline constexpr std::string_view EnvoyRefuses =
    "; Envoy refuses the configuration, and the edge goes on with the last that it took";
// The end of the sentence about what Emissary's own compiler fails on, with the same outcome.
inline constexpr std::string_view EdgeFails = "; the edge fails on it and takes no new configuration at all";
// The end of the one about what Envoy takes and the edge's control plane does not.
inline constexpr std::string_view EdgeCloses =
    "; Envoy takes it, but the edge's control plane cannot read it, and the edge closes every port";
// The end of the one about a single port.
inline constexpr std::string_view PortStays = " stays as it was before";
bool isRefusedByEnvoy(
    const Diagnostic &diagnostic); // or fails or closes the edge: nothing new is taken anyway

// kind: Mapping, TCPMapping, Host, Listener, AuthService, RateLimitService, LogService or Module; nothing of others.  Regexes are
// judged where they are read: a Mapping with one that Envoy refuses is left out (mapping_reader.cpp), what else it refuses stays as
// it is written.
std::vector<FieldRemark> refusedFields(const std::string &kind, const Value &spec, Compat compat);

struct SourceObject;

// Both of what follows and what comes before, of the object.
void tellLimits(const SourceObject &object, Compat compat, std::vector<Diagnostic> &diagnostics);

// Commands in the rules for headers of a Mapping or a Module that Envoy answers and this proxy does not.
std::vector<FieldRemark> unansweredFields(const std::string &kind, const Value &spec);

} // namespace edge
