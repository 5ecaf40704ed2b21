// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/kubeconfig_certificates.h"

#include "kube/certificate.h"
#include "kube/wipe.h"

namespace kube {

namespace {

bool isBase64(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'
        || c == '=';
}

// A reader of YAML would make copies of the token and the keys that stand beside these fields.
void addField(QList<QByteArray> &blocks, const QByteArray &text, QByteArrayView field)
{
    for (qsizetype at = text.indexOf(field); at >= 0; at = text.indexOf(field, at)) {
        at += field.size();
        while (at < text.size() && QByteArrayView("\"': \t").contains(text[at]))
            ++at;
        const qsizetype start = at;
        while (at < text.size() && isBase64(text[at]))
            ++at;
        const QByteArray plain =
            QByteArray::fromBase64(QByteArray::fromRawData(text.constData() + start, at - start));
        blocks += certificateBlocks(plain);
        wipe(plain); // a key may stand in one file with its certificate
    }
}

} // namespace

QList<QByteArray> certificatesOfKubeconfig(const QByteArray &text)
{
    QList<QByteArray> blocks;
    addField(blocks, text, "certificate-authority-data");
    addField(blocks, text, "client-certificate-data");
    return blocks;
}

} // namespace kube
