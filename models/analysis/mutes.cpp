// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mutes.h"

#include "models/analysis/finding_catalog.h"
#include "models/resources/text.h"

#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

bool fits(const QString &pattern, const QString &text)
{
    if (pattern.isEmpty() || pattern == "*"_L1)
        return true;
    if (pattern.startsWith(u'*'))
        return text.endsWith(pattern.mid(1));
    return pattern.endsWith(u'*') ? text.startsWith(pattern.chopped(1)) : text == pattern;
}

tl::unexpected<kube::Error> wrong(const QString &where, const QString &why)
{
    return kube::failure(kube::Error::Kind::Config, u"%1: %2"_s.arg(where, why));
}

bool isCode(const QString &text)
{
    static const QRegularExpression code(u"^[A-Z]{2,4}-\\d{3}$"_s);
    return code.match(text).hasMatch();
}

void addTexts(QStringList &texts, const edge::Value &value)
{
    if (value.isString() && value.text().find("sallyport:ignore") != std::string::npos)
        texts.append(text(value));
    for (const edge::Value &item : value.items())
        addTexts(texts, item);
    for (const auto &[key, member] : value.members())
        addTexts(texts, member);
}

// What looks like a comment and is part of a text: in quotes, or in a block of text.
QStringList textsOf(const QByteArray &document)
{
    QStringList texts;
    const auto parsed = edge::parseYaml(document.toStdString(), "document");
    for (const edge::Value &value : parsed ? *parsed : std::vector<edge::Value>())
        addTexts(texts, value);
    return texts;
}

kube::Result<void> checkCode(const QString &where, const QString &code)
{
    if (!isCode(code))
        return wrong(
            where,
            u"a mute needs a finding's code, and '%1' is no finding's code; `sallyportctl explain-finding` lists them"_s
                .arg(code));
    const QList<FindingKind> &kinds = findingKinds();
    if (std::none_of(kinds.begin(), kinds.end(), [&](const FindingKind &kind) { return kind.code == code; }))
        return wrong(where,
                     u"there is no finding %1; `sallyportctl explain-finding` lists the codes"_s.arg(code));
    return {};
}

} // namespace

bool Mute::covers(const Finding &finding, const QDate &today) const
{
    return finding.code == code && fits(kind, finding.subject.kind)
        && fits(nameSpace, finding.subject.nameSpace) && fits(name, finding.subject.name)
        && (!until.isValid() || today <= until);
}

kube::Result<QList<Mute>> parseMutes(const QByteArray &yaml, const QString &fileName)
{
    const auto documents = edge::parseYaml(yaml.toStdString(), fileName.toStdString());
    if (!documents)
        return wrong(fileName, text(documents.error().message));
    QList<Mute> mutes;
    for (const edge::Value &document : *documents) {
        if (!document.isArray() && !document.isNull())
            return wrong(
                fileName,
                u"this is no list of mutes; write `- {code: RT-012, object: Mapping shop/*, reason: …}`"_s);
        for (const edge::Value &item : document.items()) {
            Mute mute;
            mute.source = u"%1, entry %2"_s.arg(fileName).arg(mutes.size() + 1);
            mute.code = text(item["code"]);
            mute.reason = text(item["reason"]).trimmed();
            const QString object = text(item["object"]);
            mute.kind = object.section(u' ', 0, 0);
            const QString path = object.section(u' ', 1);
            mute.nameSpace = path.contains(u'/') ? path.section(u'/', 0, 0) : QString();
            mute.name = path.contains(u'/') ? path.section(u'/', 1) : path;
            if (const auto checked = checkCode(mute.source, mute.code); !checked)
                return tl::unexpected(checked.error());
            if (mute.reason.isEmpty())
                return wrong(mute.source,
                             u"%1 has no reason; whoever comes after you needs it"_s.arg(mute.code));
            const QString until = text(item["until"]);
            mute.until = QDate::fromString(until.left(10), Qt::ISODate);
            if (!until.isEmpty() && !mute.until.isValid())
                return wrong(mute.source, u"until: '%1' is no date; write YYYY-MM-DD"_s.arg(until));
            mutes.append(mute);
        }
    }
    return mutes;
}

kube::Result<QList<Mute>> muteComments(const QByteArray &document, const QString &fileName, int firstLine)
{
    static const QRegularExpression comment(u"#\\s*sallyport:ignore\\b\\s*(\\S*)\\s*(.*)$"_s);
    QList<Mute> mutes;
    if (!document.contains("sallyport:ignore"))
        return mutes;
    const QStringList texts = textsOf(document);
    int line = firstLine;
    for (const QByteArray &bytes : document.split('\n')) {
        const auto match = comment.match(QString::fromUtf8(bytes).trimmed());
        const bool isText =
            match.hasMatch() && std::any_of(texts.begin(), texts.end(), [&](const QString &one) {
                return one.contains(u"sallyport:ignore "_s + match.captured(1));
            });
        if (match.hasMatch() && !isText) {
            Mute mute;
            mute.source = u"%1:%2"_s.arg(fileName).arg(line);
            mute.code = match.captured(1);
            mute.reason = match.captured(2).trimmed();
            if (const auto checked = checkCode(mute.source, mute.code); !checked)
                return tl::unexpected(checked.error());
            if (mute.reason.isEmpty())
                return wrong(mute.source,
                             u"sallyport:ignore %1 needs a reason behind the code"_s.arg(mute.code));
            mutes.append(mute);
        }
        ++line;
    }
    return mutes;
}

SortedFindings setAside(const QList<Finding> &findings, const QList<Mute> &mutes, const QDate &today)
{
    SortedFindings sorted;
    for (const Finding &finding : findings) {
        const auto mute = std::find_if(mutes.begin(), mutes.end(),
                                       [&](const Mute &one) { return one.covers(finding, today); });
        if (mute == mutes.end())
            sorted.open.append(finding);
        else
            sorted.muted.append({finding, *mute});
    }
    return sorted;
}

} // namespace models
