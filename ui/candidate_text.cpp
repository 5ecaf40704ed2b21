// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/candidate_text.h"

#include <QCoreApplication>
#include <QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Candidates)
};

} // namespace

QString anyHost() { return u"any-host.invalid"_s; }

QString withoutAnyHost(QString text) { return text.replace(anyHost(), Text::tr("any host")); }

QString requestedText(const QUrl &url)
{
    return withoutAnyHost(Text::tr("%1, %2").arg(url.host(), url.path()));
}

QString reasonText(const edge::Candidate &candidate)
{
    const QString condition = QString::fromStdString(candidate.failedCondition);
    const QString expected = QString::fromStdString(candidate.expected);
    const QString actual = withoutAnyHost(QString::fromStdString(candidate.actual));
    if (candidate.matched && candidate.share > 0)
        return Text::tr("serves %1 % of such requests").arg(qRound(candidate.share * 100));
    if (candidate.matched)
        return Text::tr("would match too, but comes later");
    if (expected.isEmpty())
        return Text::tr("%1 does not match").arg(condition);
    return Text::tr("%1 wants %2, the request has %3")
        .arg(condition, expected, actual.isEmpty() ? Text::tr("nothing") : actual);
}

QString candidateText(const edge::Candidate &candidate)
{
    return u"%1 %2: %3"_s.arg(QString::fromStdString(candidate.path),
                              QString::fromStdString(candidate.mapping.name), reasonText(candidate));
}

QList<edge::Candidate> nearestFirst(const QList<edge::Candidate> &candidates)
{
    QList<edge::Candidate> others;
    const auto chosen = std::find_if(candidates.begin(), candidates.end(),
                                     [](const edge::Candidate &candidate) { return candidate.chosen; });
    for (const edge::Candidate &candidate : candidates) {
        if (chosen != candidates.end() && candidate.mapping == chosen->mapping)
            continue; // the same Mapping's route for the other scheme
        const bool again =
            std::any_of(others.begin(), others.end(), [&candidate](const edge::Candidate &known) {
                return known.mapping == candidate.mapping && known.path == candidate.path
                    && known.failedCondition == candidate.failedCondition;
            });
        if (!candidate.chosen && !candidate.mapping.kind.empty()
            && !again) // the edge's own routes are no news
            others.append(candidate);
    }
    const auto nearness = [](const edge::Candidate &candidate) {
        if (candidate.matched || candidate.failedCondition != "prefix")
            return std::size_t(1) << 20;
        const auto [expected, actual] = std::mismatch(candidate.expected.begin(), candidate.expected.end(),
                                                      candidate.actual.begin(), candidate.actual.end());
        return std::size_t(expected - candidate.expected.begin());
    };
    std::stable_sort(others.begin(), others.end(),
                     [&](const auto &a, const auto &b) { return nearness(a) > nearness(b); });
    return others;
}

QString matchOrderText(const QList<edge::Candidate> &candidates, const QString &mapping)
{
    constexpr int Most = 60; // around the one that was asked for
    struct Line
    {
        QString mapping;
        const edge::Candidate *best; // a Mapping has a route for clear text beside that for TLS
    };
    QList<Line> found;
    QHash<QString, qsizetype> at;
    for (const edge::Candidate &candidate : candidates) {
        if (candidate.mapping.kind.empty())
            continue; // the edge's own routes
        const QString name =
            QString::fromStdString(candidate.mapping.nameSpace + "/" + candidate.mapping.name);
        const QString key = name + QString::fromStdString(candidate.path);
        if (!at.contains(key)) {
            at.insert(key, found.size());
            found.append({name, &candidate});
        } else if (const edge::Candidate *&best = found[at.value(key)].best;
                   candidate.chosen || (candidate.matched && !best->matched)) {
            best = &candidate;
        }
    }
    QStringList lines;
    qsizetype own = 0;
    for (const Line &line : std::as_const(found)) {
        const bool isOwn = line.mapping == mapping;
        own = isOwn ? lines.size() : own;
        const bool isShared = line.best->share > 0 && line.best->share < 1;
        const QString verdict = !line.best->chosen ? reasonText(*line.best)
            : isShared ? Text::tr("serves it, with %1 % of such requests").arg(qRound(line.best->share * 100))
                       : Text::tr("serves it");
        lines.append(u"%1 %2  %3  %4\n       %5"_s.arg(isOwn ? u"▸"_s : u" "_s)
                         .arg(lines.size() + 1, 3)
                         .arg(QString::fromStdString(line.best->path),
                              QString::fromStdString(line.best->mapping.name), verdict));
    }
    const qsizetype from = std::max<qsizetype>(0, own - Most / 2);
    QStringList shown = lines.mid(from, Most);
    if (from > 0)
        shown.prepend(Text::tr("      … %1 earlier ones").arg(from));
    if (const qsizetype rest = lines.size() - from - Most; rest > 0)
        shown.append(Text::tr("      … %1 later ones").arg(rest));
    return shown.join(u'\n');
}

} // namespace ui
