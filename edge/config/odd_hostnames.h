// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Hostnames whose star or dot does not mean what it looks like, so that no client ever asks for them.  The edge takes them
// without a word, and compares them as Envoy compares.
#include "edge/config/compile.h"

namespace edge {

enum class Stars {
    AtOneEnd, // one as the first or the last letter stands for anything
    Letters,  // none does: a Mapping's host in the 1.x line
    Compared  // with what Hosts and TCPMappings say: a TLSContext's hosts
};

// Says it as a notice.
void tellOddHostname(const ResourceRef &object, std::string path, std::string_view hostname, Stars stars,
                     std::vector<Diagnostic> &diagnostics);
bool isOfOddHostname(const Diagnostic &diagnostic);

} // namespace edge
