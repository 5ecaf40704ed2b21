// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Is everything that a case tells compared?  Each answer of it is made wrong, one at a time, and the case must then fail.
#include "edge/value.h"

#include <map>
#include <string>

// key: path of an answer without the numbers of lists, as "queries.route.status"
struct TamperedKey
{
    int cases = 0, tried = 0, noticed = 0;
    std::string example; // the first case that went on passing although something was wrong
};
using TamperedKeys = std::map<std::string, TamperedKey>;

// Adds what the case knows; a key that has been tried often enough in other cases is left out.
void tamper(const edge::Value &corpusCase, TamperedKeys &keys);
// Told by cases and compared by nobody, with a reason (tampering.cpp).
bool isComparedByNobody(const std::string &key);
