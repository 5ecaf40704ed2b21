// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Worlds with one fault each, and what the preflight says of them more than of a mesh that may go to STRICT.
#include "tests/models/preflight_world.h"

#include <functional>

namespace preflight_world {

struct Fixture
{
    const char *row;      // of the table
    QStringList expected; // what told() has more than in a world that is ready; "-X" less
    std::function<void(World &)> fault;
};

QList<Fixture> rowFixtures(); // one of each row of the table (facts mesh-security.md §2.3), in its order
// All that is said of a world that is ready and has this fault.
QStringList expectedOf(const Fixture &fixture);
// What is said of that world and not expected, or the other way round, or said without a message or remedy; "" nothing.
QString whyNotAsExpected(const Fixture &fixture);
void addRowsOf(const QList<Fixture> &fixtures); // of a test's data: an int "index" into the list each
inline const QByteArray EdgesPod =
    "pod-template-hash: 5d4f8c7b9}\n  annotations: {sidecar.istio.io/inject: 'false'}";
QString whyUnfinished(const models::PreflightReport &report); // a row without its message or remedy; "" none

} // namespace preflight_world
