// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_files.h"

#include "app/snapshot_plan.h"

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace app {

namespace {

edge::Result<QByteArray> readFile(const QString &path)
{
    QFile file(path);
    const bool open = path == "-"_L1 ? file.open(stdin, QIODevice::ReadOnly) : (file.setFileName(path), file.open(QIODevice::ReadOnly));
    if (!open)
        return edge::failure(edge::Error::Kind::Config, (u"%1 cannot be read: %2"_s.arg(path, file.errorString())).toStdString());
    return file.readAll();
}

QStringList filesBelow(const QString &folder)
{
    QStringList files;
    QDirIterator walk(folder, {u"*.yaml"_s, u"*.yml"_s, u"*.json"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (walk.hasNext())
        files.append(walk.next());
    files.sort();
    return files;
}

}

edge::Result<std::vector<edge::Value>> readManifestText(const QByteArray &text, const QString &name)
{
    auto documents = edge::parseYaml(std::string_view(text.constData(), size_t(text.size())), name.toStdString());
    if (!documents)
        return documents;
    std::vector<edge::Value> objects;
    for (edge::Value &document : *documents) {
        if (document["kind"].text() == "List") {
            for (const edge::Value &item : document["items"].items())
                objects.push_back(item);
        } else {
            objects.push_back(std::move(document));
        }
    }
    return objects;
}

namespace {

// The documents of a file, each with the line that it starts at.
QList<std::pair<int, QByteArray>> documentsOf(const QByteArray &text)
{
    QList<std::pair<int, QByteArray>> documents {std::pair(1, QByteArray())};
    int line = 0;
    for (const QByteArray &one : text.split('\n')) {
        ++line;
        if (one.startsWith("---"))
            documents.append(std::pair(line, QByteArray()));
        documents.last().second += one + '\n';
    }
    return documents;
}

// Where each object stands, and what its document mutes.  The text has been read as a whole already.
edge::Result<void> noteOrigins(ManifestSet &set, const QByteArray &text, const QString &file)
{
    for (const auto &[line, document] : documentsOf(text)) {
        const auto mutes = models::muteComments(document, file, line);
        if (!mutes)
            return edge::failure(edge::Error::Kind::Config, mutes.error().message.toStdString());
        const auto objects = readManifestText(document, file);
        for (const edge::Value &object : objects.value_or(std::vector<edge::Value>())) {
            const models::ObjectRef ref {QString::fromStdString(object["kind"].text()), QString::fromStdString(object.at({"metadata", "namespace"}).text()),
                                         QString::fromStdString(object.at({"metadata", "name"}).text())};
            set.origins.insert(ref.text(), {file, line});
            for (models::Mute mute : *mutes) {
                mute.kind = ref.kind;
                mute.nameSpace = ref.nameSpace;
                mute.name = ref.name;
                set.mutes.append(mute);
            }
        }
    }
    return {};
}

}

edge::Result<ManifestSet> readManifestSet(const QString &path)
{
    const bool folder = QFileInfo(path).isDir();
    const QStringList files = folder ? filesBelow(path) : QStringList {path};
    if (files.isEmpty())
        return edge::failure(edge::Error::Kind::Config, (u"%1 holds no *.yaml, *.yml or *.json"_s.arg(path)).toStdString());
    ManifestSet all;
    for (const QString &file : files) {
        const auto text = readFile(file);
        if (!text)
            return tl::unexpected(text.error());
        auto objects = readManifestText(*text, file);
        if (!objects)
            return tl::unexpected(objects.error());
        std::move(objects->begin(), objects->end(), std::back_inserter(all.objects));
        if (const auto noted = noteOrigins(all, *text, file); !noted)
            return tl::unexpected(noted.error());
    }
    return all;
}

edge::Result<std::vector<edge::Value>> readManifests(const QString &path)
{
    auto set = readManifestSet(path);
    if (!set)
        return tl::unexpected(set.error());
    return std::move(set->objects);
}

namespace {

// The documents of a file, cut at the lines that begin with "---".
QList<QByteArray> cutDocuments(const QByteArray &text)
{
    QList<QByteArray> documents(1);
    for (const QByteArray &line : text.split('\n')) {
        if (line.startsWith("---") && !documents.last().trimmed().isEmpty())
            documents.append(QByteArray());
        documents.last() += line + '\n';
    }
    return documents;
}

void addText(UsableManifests &set, const QByteArray &text, const QString &file, const QString &nameSpace)
{
    int number = 0;
    const QList<QByteArray> documents = cutDocuments(text);
    for (const QByteArray &document : documents) {
        const QString place = u"%1, document %2"_s.arg(file).arg(++number);
        auto objects = readManifestText(document, place);
        if (!objects) {
            set.problems.append(QString::fromStdString(objects.error().message) + u"; it is left out"_s);
            continue;
        }
        for (edge::Value &object : *objects) {
            const QString own = QString::fromStdString(object.at({"metadata", "namespace"}).text());
            set.places.insert(u"%1 %2/%3"_s.arg(QString::fromStdString(object["kind"].text()), own.isEmpty() ? nameSpace : own,
                                                QString::fromStdString(object.at({"metadata", "name"}).text())),
                              place);
            set.objects.push_back(std::move(object));
        }
    }
}

}

UsableManifests readUsableManifests(const QString &path, const QString &nameSpace)
{
    UsableManifests set;
    const QStringList files = QFileInfo(path).isDir() ? filesBelow(path) : QStringList {path};
    if (files.isEmpty())
        set.problems.append(u"%1 holds no *.yaml, *.yml or *.json"_s.arg(path));
    for (const QString &file : files) {
        if (const auto text = readFile(file))
            addText(set, *text, file, nameSpace);
        else
            set.problems.append(QString::fromStdString(text.error().message));
    }
    return set;
}

models::SnapshotInput snapshotInputOf(const std::vector<edge::Value> &manifests, const QString &nameSpace, const QDateTime &at)
{
    models::SnapshotInput input;
    input.takenAt = at;
    QHash<QString, QString> pluralOfKind;
    QSet<QString> clusterScoped;
    for (const kube::ResourceType &type : snapshotTypes(u"v3alpha1"_s) + platformTypes(u"v3alpha1"_s)) {
        pluralOfKind.insert(type.kind, type.plural);
        if (!type.namespaced)
            clusterScoped.insert(type.plural);
        // Manifests hold the edge's configuration as a whole; of other kinds, such as Pods and Secrets, those that are not in them
        // are not known rather than absent.
        if (type.group == "getambassador.io"_L1)
            input.objects.insert(type.plural, {});
    }
    for (edge::Value object : manifests) {
        const QString plural = pluralOfKind.value(QString::fromStdString(object["kind"].text()));
        if (plural.isEmpty())
            continue;
        if (!clusterScoped.contains(plural) && object.at({"metadata", "namespace"}).text().empty())
            object.child("metadata").set("namespace", nameSpace.toStdString());
        kube::Object raw;
        raw.nameSpace = QString::fromStdString(object.at({"metadata", "namespace"}).text());
        raw.name = QString::fromStdString(object.at({"metadata", "name"}).text());
        raw.json = QByteArray::fromStdString(edge::toJson(object));
        input.objects[plural].append(raw);
    }
    return input;
}

} // namespace app
