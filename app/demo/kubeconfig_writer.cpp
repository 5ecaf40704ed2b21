// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/kubeconfig_writer.h"

#include "app/demo/base64.h"
#include "app/demo/random_bytes.h"
#include "edge/value.h"

#include <QFile>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace demo {

namespace {

using edge::Value;
constexpr const char *Marker = "sallyport.dev/demo";

Value markers(const std::string &file)
{
    return Value::array({Value::object(
        {{"name", Marker}, {"extension", Value::object({{"mode", "Normal"}, {"file", file}})}})});
}

Value contextOf(const std::string &name, const std::string &nameSpace, const std::string &file)
{
    return Value::object({{"name", name},
                          {"context",
                           Value::object({{"cluster", "demo"},
                                          {"user", name},
                                          {"namespace", nameSpace},
                                          {"extensions", markers(file)}})}});
}

Value clusterOf(const std::string &server, const std::string &clusterCa)
{
    return Value::object(
        {{"name", "demo"},
         {"cluster",
          Value::object({{"server", server}, {"certificate-authority-data", base64(clusterCa)}})}});
}

Value tokenUser(const std::string &name, const std::string &token)
{
    return Value::object({{"name", name}, {"user", Value::object({{"token", token}})}});
}

// kubectl's --flatten copies a marker together with its context: it counts only in the file that it names.
bool isMarkedFor(const Value &context, const std::filesystem::path &here)
{
    for (const Value &each : context.at({"context", "extensions"}).items()) {
        if (each["name"].text() != Marker)
            continue;
        std::error_code unknown;
        const auto file = std::filesystem::weakly_canonical(each.at({"extension", "file"}).text(), unknown);
        return !unknown && file == here;
    }
    return false;
}

bool holdsOnly(const Value &list, const std::set<std::string_view> &names)
{
    return std::all_of(list.items().begin(), list.items().end(),
                       [&](const Value &each) { return names.contains(each["name"].text()); });
}

} // namespace

std::string randomToken()
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char byte : randomBytes(24))
        text.append(1, digits[static_cast<unsigned char>(byte) >> 4]).append(1, digits[byte & 15]);
    return text;
}

std::string kubeconfigText(const KubeconfigContent &content, const std::string &path)
{
    const std::string file = std::filesystem::absolute(path).string();
    Value administrator = Value::object({{"name", "demo"}});
    administrator.set(
        "user",
        Value::object({{"client-certificate-data", base64(content.administrator.certificateChain)},
                       {"client-key-data", base64(content.administrator.privateKey)}}));
    const Value config = Value::object({
        {"apiVersion", "v1"},
        {"kind", "Config"},
        {"current-context", "demo"},
        {"clusters", Value::array({clusterOf(content.server, content.clusterCa)})},
        {"users",
         Value::array({administrator, tokenUser("demo-viewer", content.viewerToken),
                       tokenUser("demo-team", content.teamToken)})},
        {"contexts",
         Value::array({contextOf("demo", "default", file), contextOf("demo-viewer", "default", file),
                       contextOf("demo-team", "shop", file)})},
        {"preferences", Value::object()},
    });
    return edge::toYaml(config);
}

bool isDemoKubeconfig(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const auto documents = edge::parseYaml(text.str());
    std::error_code unknown;
    const auto here = std::filesystem::weakly_canonical(path, unknown);
    if (!file || unknown || !documents || documents->size() != 1)
        return false;
    const Value &config = documents->front();
    const Value::Array &contexts = config["contexts"].items();
    return !contexts.empty() && holdsOnly(config["clusters"], {"demo"})
        && holdsOnly(config["users"], {"demo", "demo-viewer", "demo-team"})
        && std::all_of(contexts.begin(), contexts.end(),
                       [&](const Value &context) { return isMarkedFor(context, here); });
}

edge::Result<void> writePrivateFile(const std::string &path, const std::string &text)
{
    if (std::filesystem::exists(path) && !isDemoKubeconfig(path))
        return edge::failure(edge::Error::Kind::Config,
                             path
                                 + " exists and was not written by a demo cluster, or holds more than that; "
                                   "choose another file");
    std::error_code error;
    const std::string fresh = path + ".new"; // nobody has it open with wider rights, nobody reads half of it
    std::filesystem::remove(fresh, error);
    QFile file(QString::fromStdString(fresh));
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return edge::failure(edge::Error::Kind::Config,
                             path + " cannot be written: " + file.errorString().toStdString()
                                 + "; choose another file");
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner); // before the first byte of it
    const QByteArray bytes = QByteArray::fromStdString(text);
    if (file.write(bytes) != bytes.size() || !file.flush())
        return edge::failure(edge::Error::Kind::Config,
                             path + " cannot be written: " + file.errorString().toStdString()
                                 + "; choose another file");
    file.close();
    std::filesystem::rename(fresh, path, error);
    if (error)
        return edge::failure(edge::Error::Kind::Config,
                             path + " cannot be written: " + error.message() + "; choose another file");
    return {};
}

} // namespace demo
