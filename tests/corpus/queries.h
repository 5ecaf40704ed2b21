// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The requests of a case put to our route table: who serves, by which path, or what the edge answers itself.
#include "edge/config/compile.h"
#include "tests/corpus/difference.h"

// {request, answer, shares} for each query of the case; answer: status, location, routed {cluster, path, host …},
// or refused; request_headers and response_headers: {NAME: [VALUE …]} of those that the route's rules name.
edge::Value answeredQueries(const edge::Value &corpusCase, const edge::Config &config);

void runQueries(const edge::Value &corpusCase, const edge::Config &config,
                std::vector<Difference> &differences);
