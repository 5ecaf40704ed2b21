// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/proxy_choice.h"

#include <QHostAddress>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

QString variable(const QProcessEnvironment &environment, const QString &name)
{
    const QString value = environment.value(name);
    return value.isEmpty() ? environment.value(name.toLower()) : value;
}

bool isThisMachine(const QString &host) { return host == u"localhost" || QHostAddress(host).isLoopback(); }

// One entry of NO_PROXY: "*", an address, a network, a domain with its subdomains, ".domain" for these alone; maybe with a port.
bool isExcludedBy(QString entry, const QString &host, int port)
{
    if (entry == u"*")
        return true;
    const QHostAddress address(host);
    if (entry.contains(u'/')) {
        const QPair<QHostAddress, int> network = QHostAddress::parseSubnet(entry);
        return !address.isNull() && network.second >= 0 && address.isInSubnet(network);
    }
    const qsizetype colon = entry.lastIndexOf(u':');
    if (colon > 0 && entry.count(u':') == 1) {
        if (entry.sliced(colon + 1).toInt() != port)
            return false;
        entry.truncate(colon);
    }
    if (!address.isNull()) // 10.0.0.7 is ::ffff:10.0.0.7
        return address.isEqual(QHostAddress(entry), QHostAddress::ConvertV4MappedToIPv4);
    if (entry.startsWith(u"*."))
        entry.remove(0, 1);
    if (entry.startsWith(u'.'))
        return host.endsWith(entry, Qt::CaseInsensitive);
    return host.compare(entry, Qt::CaseInsensitive) == 0 || host.endsWith(u'.' + entry, Qt::CaseInsensitive);
}

} // namespace

QString proxyFromEnvironment(const QUrl &server, const QProcessEnvironment &environment)
{
    const bool isHttps = server.scheme() == u"https";
    const QString proxy = variable(environment, isHttps ? u"HTTPS_PROXY"_s : u"HTTP_PROXY"_s).trimmed();
    if (proxy.isEmpty() || isThisMachine(server.host()))
        return {};
    const int port = server.port(isHttps ? 443 : 80);
    const QStringList excluded = variable(environment, u"NO_PROXY"_s).split(u',', Qt::SkipEmptyParts);
    const bool isExcluded =
        std::any_of(excluded.cbegin(), excluded.cend(), [&server, port](const QString &entry) {
            return isExcludedBy(entry.trimmed(), server.host(), port);
        });
    if (isExcluded)
        return {};
    const qsizetype slashes = proxy.indexOf(u"://");
    const QString scheme = proxy.left(qMax(slashes, 0)).toLower();
    if (scheme == u"https" || scheme == u"socks5" || scheme == u"socks5h")
        return proxy;
    return u"http://"_s + proxy.sliced(slashes < 0 ? 0 : slashes + 3); // every other one is spoken to as that
}

void chooseProxy(Connection &connection, const QProcessEnvironment &environment)
{
    if (!connection.proxyUrl.isEmpty())
        return;
    connection.proxyUrl = proxyFromEnvironment(connection.server, environment);
    if (!connection.proxyUrl.isEmpty())
        connection.proxyVariable =
            connection.server.scheme() == u"https" ? u"HTTPS_PROXY"_s : u"HTTP_PROXY"_s;
}

} // namespace kube
