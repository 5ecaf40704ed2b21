// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// ip_allow and ip_deny of a Module: which of their entries the edge takes.
#include "edge/value.h"

#include <string>
#include <vector>

namespace edge {

struct AddressList
{
    // {peer or remote: ADDRESS/LENGTH} each, one key an entry; empty: the edge makes no filter of it.
    Value entries = Value::array();
    std::vector<std::string> errors; // sentences, one for each entry that the edge complains of
};

// field: ip_allow or ip_deny. The edge leaves out what it complains of and goes on with the rest; only what it complains
// of although it takes it, and what it fails on, is said in the words of this function. Source: the edge's own reader.
AddressList readAddressList(const std::string &field, const Value &list);

bool isIpAddress(const std::string &text); // of version 4 or 6, and nothing else

} // namespace edge
