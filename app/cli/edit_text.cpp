// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/edit_text.h"

#include "app/manifest_files.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr qsizetype MaxShown = 200; // of a value in a conflict

tl::unexpected<kube::Error> wrong(const QString &why)
{
    return kube::failure(kube::Error::Kind::Invalid, why);
}

QString shown(const QJsonValue &value)
{
    if (value.isUndefined())
        return u"absent"_s;
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    const QString text = QString::fromUtf8(list.sliced(1, list.size() - 2));
    return text.size() > MaxShown ? text.left(MaxShown) + u'…' : text;
}

QByteArray withoutNotes(const QByteArray &text)
{
    qsizetype at = 0;
    while (at < text.size() && text[at] == '#') {
        const qsizetype end = text.indexOf('\n', at);
        at = end < 0 ? text.size() : end + 1;
    }
    return text.mid(at);
}

// Where the edit would lead to another object, which this is not.
QString otherObject(const edge::Value &edited, const edge::Value &shown)
{
    const std::initializer_list<std::string_view> paths[] = {
        {"apiVersion"}, {"kind"}, {"metadata", "name"}, {"metadata", "namespace"}};
    for (const auto &path : paths) {
        if (edge::toJson(edited.at(path)) == edge::toJson(shown.at(path)))
            continue;
        QStringList words;
        for (const std::string_view part : path)
            words.append(QString::fromUtf8(part.data(), qsizetype(part.size())));
        return words.join(u'.');
    }
    return {};
}

} // namespace

QByteArray withNotes(const QByteArray &text, const QStringList &notes)
{
    QByteArray head =
        "# Edit this object, save it and leave the editor. Lines that begin with # at the top are left out;\n"
        "# a text that is empty, or saved as it is, ends the edit without writing anything.\n";
    for (const QString &note : notes) {
        head += "#\n";
        for (const QString &line : note.split(u'\n'))
            head += "# " + line.toUtf8() + '\n';
    }
    return head + "#\n" + withoutNotes(text);
}

QByteArray editText(const edge::Value &object, const QStringList &notes)
{
    return withNotes(QByteArray::fromStdString(edge::toYaml(object)), notes);
}

kube::Result<std::optional<edge::Value>> readEdited(const QByteArray &text, const edge::Value &shown)
{
    auto objects = readManifestText(text, u"the edited text"_s);
    if (!objects)
        return wrong(QString::fromStdString(objects.error().message));
    if (objects->empty())
        return std::optional<edge::Value>();
    if (objects->size() > 1)
        return wrong(
            u"one object is edited here, and these are %1; apply several by apply -f"_s.arg(objects->size()));
    if (const QString field = otherObject(objects->front(), shown); !field.isEmpty())
        return wrong(
            u"%1 tells which object this is and cannot be edited; put it back, or make another object by apply -f"_s
                .arg(field));
    return std::optional(std::move(objects->front()));
}

QString conflictText(const kube::EditConflict &conflict, bool isSecret)
{
    const bool isHidden =
        isSecret && (conflict.path.startsWith("data"_L1) || conflict.path.startsWith("stringData"_L1));
    if (isHidden)
        return u"%1: both changed it, from what it was to different values (not shown: a Secret's)"_s.arg(
            conflict.path);
    return u"%1: was %2, yours is %3, theirs is %4"_s.arg(conflict.path, shown(conflict.base),
                                                          shown(conflict.mine), shown(conflict.theirs));
}

QJsonObject jsonOf(const edge::Value &object)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(edge::toJson(object))).object();
}

edge::Value valueOf(const QJsonObject &object)
{
    auto read = edge::parseJson(QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString());
    return read ? std::move(*read) : edge::Value::object({});
}

} // namespace app::cli
