// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Secret as it may be shown and written down: values of data and stringData by their size, and annotations too unless they are
// known to hold names only (kube/secret_annotations.h), since tools keep copies of the data in them.
#include "edge/value.h"
#include "kube/secret_print.h"

#include <QStringList>

namespace models {

edge::Value withoutSecretValues(edge::Value secretOrPatch);
// It went through withoutSecretValues() or the API reader's equivalent.
bool hasRedactedValues(const edge::Value &secretOrPatch);
QString redactedField(const edge::Value &secretOrPatch); // the first such value: "data.password"; "" none

// As the API server stores it: stringData is among data.
edge::Value withStringDataFolded(edge::Value secret);
// Of what is wished for, by the fingerprints of what is there (current: as it is shown).  What is so already becomes what is shown of it,
// so that the two compare equal.
edge::Value withKnownValues(edge::Value desired, const edge::Value &current,
                            const kube::SecretPrints &prints);
// The field that would be overwritten by what this program shows of it, a size or its certificates; "" none.
QString shownInPlaceOfValue(const edge::Value &desired, const edge::Value &current,
                            const kube::SecretPrints &prints);
struct SecretReading
{
    const edge::Value &shown;
    const kube::SecretPrints &prints;
};
// The merge patch between two readings: a value that is another one as what is shown of it, a hidden annotation as the size that was
// wished for.
edge::Value differenceOfSecrets(const SecretReading &before, const SecretReading &after,
                                const edge::Value &wished);

} // namespace models
