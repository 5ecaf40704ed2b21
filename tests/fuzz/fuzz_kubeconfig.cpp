// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a kubeconfig: it is read or refused with its file's name, and every context of it resolves or says why not.
#include "kube/kubeconfig.h"

#include <QCoreApplication>
#include <QFile>
#include <QTemporaryDir>

#include <cstdlib>

using namespace Qt::StringLiterals;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    static int count = 0;
    static QCoreApplication application(count, nullptr);
    static const QTemporaryDir folder;
    const QString path = folder.filePath(u"kubeconfig"_s);
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    if (text.contains("/dev/") || text.contains("/proc/")) // files that a text may name, and that end never
        return 0;
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
        std::abort();
    file.close();
    const auto config = kube::Kubeconfig::load({{path}, true});
    if (!config) {
        if (!config.error().message.contains(path))
            std::abort();
        return 0;
    }
    for (const kube::ContextEntry &context : config->contexts()) {
        const auto connection = config->connection(context.name);
        if (!connection && connection.error().message.isEmpty())
            std::abort();
    }
    (void)config->connection();
    return 0;
}
