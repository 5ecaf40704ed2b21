// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_warnings.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

bool speaksClearTextToASidecar(const MappingVerdict &verdict)
{
    return verdict.sidecars > 0 && std::any_of(verdict.hops.begin(), verdict.hops.end(), [](const Hop &hop) {
               return hop.from == "edge"_L1 && hop.security == Hop::Security::Plain;
           });
}

} // namespace

QStringList brokenUnderStrict(const EdgeView &view)
{
    QStringList sentences;
    for (auto mapping = view.mappings.begin(); mapping != view.mappings.end(); ++mapping) {
        const MappingVerdict &verdict = **mapping;
        if (verdict.state == MappingVerdict::State::Loaded && speaksClearTextToASidecar(verdict))
            sentences.append(u"Mapping %1 reaches %2:%3 without a certificate: it will answer 503"_s.arg(
                mapping.key(), verdict.upstreamHost, QString::number(verdict.upstreamPort)));
    }
    std::sort(sentences.begin(), sentences.end());
    return sentences;
}

} // namespace models
