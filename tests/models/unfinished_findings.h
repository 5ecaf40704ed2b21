// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What every finding owes its reader: a code of the catalogue with a help file, an object, words, and what to do.
#include "models/resources/finding.h"

#include <QList>

// "RT-002 Mapping default/a has no remedy", one of each that lacks something; empty: nothing is missing.
QStringList unfinished(const QList<models::Finding> &findings);
