// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes as certificates, by themselves (DER) and as a PEM text, twice over as a chain: read or refused with words,
// and what is asked about a chain has an answer.
#include "kube/certificate.h"

#include <cstdlib>

namespace {

void askAboutChain(const QByteArray &chain)
{
    const QDateTime noon(QDate(2026, 11, 26), QTime(12, 0), Qt::UTC);
    const auto order = kube::checkChainOrder(chain);
    const auto verified = kube::verifyChain(chain, chain, noon);
    if ((!order && order.error().message.isEmpty()) || (!verified && verified.error().message.isEmpty()))
        std::abort();
    (void)kube::isKeyOf(chain, chain);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto chain = kube::readPem(bytes);
    if (!chain && chain.error().message.isEmpty())
        std::abort();
    if (chain && chain->size() != kube::certificateBlocks(bytes).size())
        std::abort();
    askAboutChain(bytes);
    const QByteArray block =
        "-----BEGIN CERTIFICATE-----\n" + bytes.toBase64() + "\n-----END CERTIFICATE-----\n";
    const auto der = kube::readDer(bytes);
    const auto pem = kube::readPem(block);
    if (der.has_value() != pem.has_value() || (der && *der != pem->first()))
        std::abort();
    if (der)
        askAboutChain(block + block);
    return 0;
}
