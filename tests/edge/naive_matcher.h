// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The plainest form of "which route serves": every virtual host, every route, every condition, one after the
// other, without anything prepared.  The route table must answer the same.
#include "edge/route_table.h"

struct NaiveAnswer
{
    const edge::VirtualHost *host = nullptr;
    const edge::Route *route = nullptr;
};
NaiveAnswer naiveMatch(const edge::Config &config, const edge::RouteQuery &query);
