// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/edit_text.h"

#include "app/manifest_files.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

tl::unexpected<kube::Error> wrong(const QString &why)
{
    return kube::failure(kube::Error::Kind::Invalid, why);
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

namespace {

const QString Marker = u"\u0001"_s; // no name or size begins with it

// Where only the fingerprint tells that theirs is another value, it is told apart.
edge::Value toldApart(const models::SecretReading &base, const models::SecretReading &theirs)
{
    const QString data = kube::printOfData({}), annotations = kube::printOfAnnotation({});
    edge::Value marked = theirs.shown;
    for (const QString &where : base.prints.keys() + theirs.prints.keys()) {
        if (base.prints.value(where) == theirs.prints.value(where))
            continue;
        if (where.startsWith(data)) {
            const std::string key = where.sliced(data.size()).toStdString();
            const edge::Value *before = base.shown["data"].find(key);
            const edge::Value *now = theirs.shown["data"].find(key);
            if (before && now && *before == *now)
                marked.child("data").set(key, Marker.toStdString() + now->text());
        } else if (where.startsWith(annotations)) { // which are not shown at all
            marked.child("metadata")
                .child("annotations")
                .set(where.sliced(annotations.size()).toStdString(), Marker.toStdString());
        }
    }
    return marked;
}

QJsonObject withoutMarks(QJsonObject members, bool areShown)
{
    for (const QString &key : members.keys()) {
        const QString text = members.value(key).toString();
        if (!text.startsWith(Marker))
            continue;
        if (areShown)
            members.insert(key, text.sliced(Marker.size()));
        else
            members.remove(key);
    }
    return members;
}

} // namespace

kube::ThreeWay secretsTogether(const models::SecretReading &base, const edge::Value &mine,
                               const models::SecretReading &theirs)
{
    edge::Value meant = models::withStringDataFolded(mine);
    for (const models::SecretReading *known : {&base, &theirs})
        meant = models::withKnownValues(std::move(meant), known->shown, known->prints);
    kube::ThreeWay all = kube::threeWay(models::jsonOf(base.shown), models::jsonOf(meant),
                                        models::jsonOf(toldApart(base, theirs)));
    QJsonObject metadata = all.merged[u"metadata"_s].toObject();
    const QJsonObject annotations = withoutMarks(metadata[u"annotations"_s].toObject(), false);
    if (annotations.isEmpty())
        metadata.remove(u"annotations"_s);
    else
        metadata.insert(u"annotations"_s, annotations);
    all.merged.insert(u"metadata"_s, metadata);
    if (all.merged.contains(u"data"_s))
        all.merged.insert(u"data"_s, withoutMarks(all.merged[u"data"_s].toObject(), true));
    return all;
}

} // namespace app::cli
