// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_files.h"

#include "app/manifest_faults.h"
#include "app/manifest_kinds.h"
#include "app/manifest_notes.h"
#include "app/manifest_places.h"
#include "edge/config/ingress.h"
#include "edge/yaml_items.h"

#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

QString groupOf(const edge::Value &object)
{
    const QString version = QString::fromStdString(object["apiVersion"].text());
    return version.left(std::max(version.indexOf(u'/'), qsizetype(0)));
}

models::ObjectRef refOf(const edge::Value &object)
{
    return {QString::fromStdString(object["kind"].text()),
            QString::fromStdString(object.at({"metadata", "namespace"}).text()),
            QString::fromStdString(object.at({"metadata", "name"}).text())};
}

QString secondTime(const QString &name, const ManifestOrigin &counts)
{
    return u"%1 is there more than once; the one of %2 counts"_s.arg(name, counts.text());
}

// origin: of one that an API server does not hold any more when all are applied in their order.
void noteTwice(ManifestSet &set, const ManifestOrigin &origin, const QString &name,
               const ManifestOrigin &counts)
{
    const QString why = secondTime(name, counts);
    set.notes.append(origin.text() + u": "_s + why);
    noteStrange(set, origin, {u"Manifest"_s, {}, origin.text()}, origin.field, why);
    set.findings.last().remedy = u"keep one of them: kubectl apply leaves the one that it comes to last"_s;
}

// copy: which counts now, in the place of the one of before.
void exchangeCopies(ManifestSet &set, const ManifestCopy &copy, const ManifestOrigin &before)
{
    const QString said = secondTime(copy.name, before), now = secondTime(copy.name, copy.origin);
    const auto otherPlace = [&](const QString &place) {
        return place == copy.origin.text() ? before.text() : place;
    };
    for (QString &note : set.notes) {
        if (note.endsWith(u": "_s + said))
            note = otherPlace(note.chopped(said.size() + 2)) + u": "_s + now;
    }
    for (models::Finding &finding : set.findings) {
        if (finding.message != said)
            continue;
        const ManifestOrigin *known = set.originOf(finding);
        const ManifestOrigin was = known ? *known : before;
        const ManifestOrigin &place = was == copy.origin ? before : was;
        finding.message = now;
        finding.subject.name = place.text();
        finding.path = place.field;
        set.setPlace(finding, place);
    }
}

} // namespace

QString ManifestOrigin::text() const { return u"%1, document %2"_s.arg(file).arg(document); }

namespace {

QString placeKey(const models::Finding &finding)
{
    return QStringList{finding.code, finding.subject.text(), finding.path}.join(u'\n');
}

} // namespace

const ManifestOrigin *ManifestSet::originOf(const models::Finding &finding) const
{
    if (const auto own = places.constFind(placeKey(finding)); own != places.constEnd())
        return &*own;
    const auto object = origins.constFind(finding.subject.text());
    return object == origins.constEnd() ? nullptr : &*object;
}

void ManifestSet::setPlace(const models::Finding &finding, const ManifestOrigin &origin)
{
    places.insert(placeKey(finding), origin);
}

QString PlacedManifest::place() const
{
    return u"%1, line %2"_s.arg(origin.text()).arg(origin.line)
        + (field.isEmpty() ? QString() : QString(u", "_s + field));
}

namespace {

void chooseCopies(ManifestSet &set, const edge::CompileOptions &options)
{
    QHash<QString, const ManifestCopy *> chosen;
    for (const ManifestCopy &copy : std::as_const(set.copies)) {
        if (edge::isTaken(*copy.object, options))
            chosen.insert(copy.name, &copy); // the last of them
    }
    if (chosen.isEmpty())
        return;
    edge::SharedList<edge::Value> objects;
    for (const auto &item : set.objects.items()) {
        const QString name = refOf(*item).text();
        const ManifestCopy *copy = chosen.value(name);
        if (!copy || !isAmbassadors(*item) || edge::isTaken(*item, options)) {
            objects.push_back(item);
            continue;
        }
        objects.push_back(copy->object);
        exchangeCopies(set, *copy, set.origins.value(name));
        set.origins.insert(name, copy->origin);
    }
    set.objects = std::move(objects);
}

} // namespace

void fitToEdge(ManifestSet &set, const edge::CompileOptions &options)
{
    chooseCopies(set, options);
    for (const edge::MadeObject &made : edge::objectsOfIngresses(set.objects, options)) {
        const auto origin = set.origins.constFind(refOf(*made.ingress).text());
        if (const QString name = refOf(made.object).text();
            origin != set.origins.constEnd() && !set.origins.contains(name))
            set.origins.insert(name, ManifestOrigin(*origin));
    }
}

QString withPlace(const QString &note, const ManifestSet &set)
{
    const auto origin = set.origins.constFind(note.left(note.indexOf(u": "_s)));
    return origin == set.origins.constEnd() || note.contains(origin->text())
        ? note
        : origin->text() + u": "_s + note;
}

namespace {

struct Unfolded
{
    edge::Value object;
    QString field; // where it stands in its document: "items[2]"; "" it is the document
    int line = -1; // the same: where it starts in the text, from 0
};

// A list by its kind, and whatever else kubectl reads as one: MappingList with items.
bool isList(const edge::Value &object)
{
    const std::string &kind = object["kind"].text();
    return kind == "List" || (kind.ends_with("List") && object.find("items"));
}

// Lists may lie in lists.  What is wrong; "" nothing.
QString unfold(edge::Value object, const QString &field, std::vector<Unfolded> &into)
{
    if (!isList(object)) {
        into.push_back({std::move(object), field, -1});
        return {};
    }
    const QString path = field.isEmpty() ? u"items"_s : field + u".items"_s;
    const edge::Value &items = object["items"];
    if (!items.isNull() && !items.isArray())
        return u"%1: %2 is not a list"_s.arg(path, QString::fromStdString(edge::toJson(items)));
    for (std::size_t i = 0; i < items.items().size(); ++i) {
        if (const QString problem = unfold(items.items()[i], u"%1[%2]"_s.arg(path).arg(i), into);
            !problem.isEmpty())
            return problem;
    }
    return {};
}

edge::Result<std::vector<Unfolded>> unfoldedText(const QByteArray &text, const QString &name)
{
    auto documents =
        edge::parseYamlItems(std::string_view(text.constData(), size_t(text.size())), name.toStdString());
    if (!documents)
        return tl::unexpected(documents.error());
    std::vector<Unfolded> objects;
    for (edge::YamlDocument &document : *documents) {
        const std::size_t first = objects.size();
        if (const QString problem = unfold(std::move(document.value), {}, objects); !problem.isEmpty())
            return edge::failure(edge::Error::Kind::Config, QString(name + u": "_s + problem).toStdString());
        QHash<QString, int> lines;
        for (const edge::YamlItem &item : document.items)
            lines.insert(QString::fromStdString(item.path), item.line);
        for (std::size_t i = first; i < objects.size(); ++i)
            objects[i].line = lines.value(objects[i].field, -1);
    }
    return objects;
}

} // namespace

edge::Result<std::vector<edge::Value>> readManifestText(const QByteArray &text, const QString &name)
{
    auto unfolded = unfoldedText(text, name);
    if (!unfolded)
        return tl::unexpected(unfolded.error());
    std::vector<edge::Value> objects;
    for (Unfolded &one : *unfolded)
        objects.push_back(std::move(one.object));
    return objects;
}

// A document of a file.  Comments in front of its separator belong to it.
struct ManifestReader::Cut
{
    QByteArray text;     // points into the file's
    int firstLine = 1;   // of text
    int line = 1;        // where the document proper starts
    bool isEmpty = true; // so far: nothing but comments

    // A line that alone makes no document: none is counted where nothing is written.
    static bool saysNothing(QByteArrayView content)
    {
        return content.isEmpty() || content.startsWith('#') || content.startsWith('%') || content == "~"
            || content == "null";
    }

    static QList<Cut> documentsOf(const QByteArray &file)
    {
        QList<Cut> documents;
        Cut cut;
        qsizetype start = 0;
        int number = 0;
        const auto close = [&](qsizetype end) {
            cut.text = QByteArray::fromRawData(file.constData() + start, end - start);
            if (!cut.isEmpty)
                documents.append(cut);
        };
        for (qsizetype at = 0; at < file.size();) {
            const qsizetype newline = file.indexOf('\n', at);
            const qsizetype end = newline < 0 ? file.size() : newline + 1;
            const QByteArrayView line = QByteArrayView(file).sliced(at, end - at).trimmed();
            ++number;
            const bool separates = file[at] == '-' && (line == "---" || line.startsWith("--- "));
            if (separates && !cut.isEmpty) {
                close(at);
                cut = {{}, number, number, true};
                start = at;
            } else if (separates) {
                cut.line = number;
            }
            const bool ends = file[at] == '.' && line == "...";
            const QByteArrayView content = separates ? line.sliced(3).trimmed() : line;
            cut.isEmpty = cut.isEmpty && (ends || saysNothing(content));
            if (ends) {
                close(end);
                cut = {{}, number + 1, number + 1, true};
                start = end;
            }
            at = end;
        }
        close(file.size());
        return documents;
    }
};

ManifestReader::ManifestReader(QStringList paths, QString nameSpace, std::stop_token stop)
    : m_paths(std::move(paths))
    , m_nameSpace(std::move(nameSpace))
    , m_stop(std::move(stop))
{
    m_paths.removeDuplicates();
}

ManifestSet ManifestReader::read()
{
    ManifestSet set;
    const Documents before = std::exchange(m_documents, {});
    m_documents.reserve(before.size());
    m_annotated.clear();
    m_seen.clear();
    m_placed.clear();
    for (const QString &path : std::as_const(m_paths)) {
        const QStringList files = manifestFilesAt(path);
        if (files.isEmpty())
            set.problems.append(u"%1 holds no *.yaml, *.yml or *.json"_s.arg(path));
        for (const QString &file : files)
            addFile(set, file, before);
    }
    keepLastOfEach(set);
    m_placed.clear();
    for (const auto &[name, origin] : std::as_const(m_annotated)) { // an object of that name goes before
        if (!set.origins.contains(name))
            set.origins.insert(name, origin);
    }
    return set;
}

edge::Result<std::vector<PlacedManifest>> ManifestReader::placedManifests(const QByteArray &text,
                                                                          const QString &file)
{
    std::vector<PlacedManifest> all;
    ManifestOrigin origin{file, 0, 0};
    for (const Cut &cut : Cut::documentsOf(text)) {
        origin.line = cut.line;
        ++origin.document;
        auto objects = unfoldedText(cut.text, file);
        if (!objects) // once more, so that the line is the file's
            return tl::unexpected(unfoldedText(QByteArray(cut.firstLine - 1, '\n') + cut.text, file).error());
        for (Unfolded &one : *objects)
            all.push_back({std::move(one.object), originOf(cut, origin, one.line), one.field});
    }
    return all;
}

ManifestOrigin ManifestReader::originOf(const Cut &cut, const ManifestOrigin &document, int line)
{
    ManifestOrigin origin = document;
    if (line >= 0)
        origin.line = cut.firstLine + line;
    return origin;
}

QString ManifestReader::fingerprint() const
{
    QStringList parts;
    for (const QString &place : m_paths) {
        for (const QString &path : place == "-"_L1 ? QStringList() : manifestFilesAt(place)) {
            const QFileInfo file(path);
            parts.append(
                u"%1 %2 %3"_s.arg(path).arg(file.size()).arg(file.lastModified().toMSecsSinceEpoch()));
        }
    }
    return parts.join(u'\n');
}

void ManifestReader::addFile(ManifestSet &set, const QString &file, const Documents &before)
{
    const auto text = readManifestFile(file, m_stop);
    ManifestOrigin origin{file, 0, 0};
    if (!text) {
        leaveOut(set, origin, QString::fromStdString(text.error().message));
        return;
    }
    for (const Cut &cut : Cut::documentsOf(*text)) {
        origin.line = cut.line;
        ++origin.document;
        const auto read = documentOf(cut, origin.text(), before);
        if (!read) {
            leaveOut(set, origin,
                     QString::fromStdString(read.error().message)
                         + u"; correct it there, nothing of this document is used"_s);
            continue;
        }
        const Document *document = *read;
        addMutes(set, cut, origin, *document);
        for (std::size_t i = 0; i < document->objects.size(); ++i) {
            ManifestOrigin place = originOf(cut, origin, document->lines[qsizetype(i)]);
            place.field = document->fields[qsizetype(i)];
            addObject(set, place, *document, i);
        }
        for (const auto &[name, whose] : document->annotated)
            m_annotated.append({name, originOf(cut, origin, document->lines[qsizetype(whose)])});
    }
}

void ManifestReader::addObject(ManifestSet &set, const ManifestOrigin &origin, const Document &document,
                               std::size_t number)
{
    const std::shared_ptr<const edge::Value> &object = document.objects[number];
    const QString &name = document.names[qsizetype(number)];
    if (const QString why = strangeness(*object); !why.isEmpty()) { // no API server takes it either
        const QString sentence = u"%1 %2; nothing looks at it"_s.arg(
            origin.field.isEmpty() ? u"what stands there"_s : origin.field, why);
        set.notes.append(origin.text() + u": "_s + sentence);
        noteStrange(set, origin, {u"Manifest"_s, {}, origin.text()}, origin.field, sentence);
        set.findings.last().severity = models::Severity::Error; // as kubectl apply refuses it
        return;
    }
    // Another group's is another object.
    const QString key = groupOf(*object) + u' ' + name;
    m_seen.insert(key, m_placed.size());
    m_placed.append({name, key, object, origin});
}

// Of one name an API server holds one object: the last that is applied.
void ManifestReader::keepLastOfEach(ManifestSet &set)
{
    for (qsizetype i = 0; i < m_placed.size(); ++i) {
        const Placed &one = m_placed[i];
        const qsizetype last = m_seen.value(one.key);
        if (last != i) {
            if (isAmbassadors(*one.object))
                set.copies.append({one.name, one.object, one.origin});
            noteTwice(set, one.origin, one.name, m_placed[last].origin);
            continue;
        }
        set.objects.push_back(one.object);
        if (!set.origins.contains(one.name))
            set.origins.insert(one.name, one.origin);
        noteFaults(set, one);
    }
}

void ManifestReader::noteFaults(ManifestSet &set, const Placed &one)
{
    if (const QString why = strangeKind(*one.object); !why.isEmpty()) {
        set.notes.append(u"%1: %2: kind: %3"_s.arg(one.origin.text(), one.name, why));
        noteStrange(set, one.origin, refOf(*one.object), u"kind"_s, why);
    }
    for (const FieldFault &fault : fieldFaults(*one.object)) {
        set.notes.append(u"%1: %2: %3"_s.arg(one.origin.text(), one.name, fault.why));
        noteStrange(set, one.origin, refOf(*one.object), fault.path, fault.why);
    }
}

// As it was parsed before, in this set or the last, if its text was there.
edge::Result<const ManifestReader::Document *>
ManifestReader::documentOf(const Cut &cut, const QString &place, const Documents &before)
{
    if (const auto known = before.constFind(cut.text); known != before.constEnd())
        return &*m_documents.insert(known.key(), *known);
    if (const auto known = m_documents.constFind(cut.text); known != m_documents.constEnd())
        return &*known;
    auto parsed = parse(cut, place);
    if (!parsed)
        return tl::unexpected(parsed.error());
    return &*m_documents.insert(QByteArray(cut.text.constData(), cut.text.size()), std::move(*parsed));
}

void ManifestReader::addMutes(ManifestSet &set, const Cut &cut, const ManifestOrigin &origin,
                              const Document &document)
{
    if (!cut.text.contains("sallyport:ignore"))
        return;
    const auto mutes = models::muteComments(cut.text, origin.file, cut.firstLine);
    if (!mutes) {
        noteLostMute(set, origin, mutes.error().message);
        return;
    }
    for (const auto &object : document.objects) {
        const models::ObjectRef ref = refOf(*object);
        for (models::Mute mute : *mutes) {
            mute.kind = ref.kind;
            mute.nameSpace = ref.nameSpace;
            mute.name = ref.name;
            set.mutes.append(mute);
        }
    }
}

edge::Result<ManifestReader::Document> ManifestReader::parse(const Cut &cut, const QString &place) const
{
    auto objects = unfoldedText(cut.text, place);
    if (!objects) // once more, so that the line is the file's
        return tl::unexpected(unfoldedText(QByteArray(cut.firstLine - 1, '\n') + cut.text, place).error());
    Document document;
    for (auto &[object, field, line] : *objects) {
        document.fields.append(field);
        document.lines.append(line);
        const bool isPlaced = !object.at({"metadata", "namespace"}).text().empty();
        if (object.isObject() && !isPlaced
            && !kindsWithoutNamespace().contains(QString::fromStdString(object["kind"].text())))
            object.child("metadata").set("namespace", m_nameSpace.toStdString());
        document.names.append(refOf(object).text());
        for (const edge::ResourceRef &ref : edge::annotatedRefs(object))
            document.annotated.append(
                {models::ObjectRef{QString::fromStdString(ref.kind), QString::fromStdString(ref.nameSpace),
                                   QString::fromStdString(ref.name)}
                     .text(),
                 document.objects.size()});
        document.objects.push_back(std::make_shared<const edge::Value>(std::move(object)));
    }
    return document;
}

} // namespace app
