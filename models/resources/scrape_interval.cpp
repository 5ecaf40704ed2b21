// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/scrape_interval.h"

#include "edge/value.h"
#include "models/resources/text.h"

#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr int DefaultSeconds = 60;

// "1h30m", "15s", "500ms"; 0: none.
int secondsOf(const QString &duration)
{
    static const QRegularExpression form(
        u"^(?:(\\d{1,4})y)?(?:(\\d{1,5})w)?(?:(\\d{1,6})d)?(?:(\\d{1,7})h)?(?:(\\d{1,8})m)?(?:(\\d{1,9})s)?(?:(\\d{1,12})ms)?$"_s);
    constexpr std::array<qint64, 7> Milliseconds{31'536'000'000, 604'800'000, 86'400'000, 3'600'000,
                                                 60'000,         1'000,       1};
    const auto match = form.match(duration);
    if (!match.hasMatch())
        return 0;
    qint64 all = 0;
    for (std::size_t i = 0; i < Milliseconds.size(); ++i)
        all += match.captured(int(i) + 1).toLongLong() * Milliseconds[i];
    return int(std::min<qint64>((all + 999) / 1000, 86'400 * 365));
}

bool finds(const edge::Value &job, const QStringList &roles)
{
    const auto &searches = job["kubernetes_sd_configs"];
    const auto isOf = [&roles](const edge::Value &one) { return roles.contains(text(one["role"])); };
    return searches.isArray() && std::any_of(searches.items().begin(), searches.items().end(), isOf);
}

} // namespace

std::optional<int> proxyScrapeSeconds(const QByteArray &body)
{
    const auto answer = edge::parseJson({body.constData(), std::size_t(body.size())});
    if (!answer || !answer->at({"data", "yaml"}).isString())
        return {};
    const auto documents = edge::parseYaml(answer->at({"data", "yaml"}).text(), "status/config");
    if (!documents || documents->empty())
        return {};
    const edge::Value &configuration = documents->front();
    const int global = secondsOf(text(configuration.at({"global", "scrape_interval"})));
    const int fallback = global > 0 ? global : DefaultSeconds;
    const edge::Value &jobs = configuration["scrape_configs"];
    for (const QStringList &roles :
         {QStringList{u"pod"_s}, QStringList{u"endpoints"_s, u"endpointslice"_s}}) {
        int longest = 0;
        for (const edge::Value &job : jobs.isArray() ? jobs.items() : edge::Value::Array()) {
            const int own = secondsOf(text(job["scrape_interval"]));
            if (finds(job, roles))
                longest = std::max(longest, own > 0 ? own : fallback);
        }
        if (longest > 0)
            return longest;
    }
    return fallback;
}

} // namespace models
