// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where a finding is at home: the page that shows its object, and what that page is asked to go to.
#include "models/resources/finding.h"

namespace ui {

struct FindingPlace
{
    QString page, target;
    bool operator==(const FindingPlace &) const = default;
};
FindingPlace placeOf(const models::Finding &finding);

} // namespace ui
