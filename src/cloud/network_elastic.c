/*
 * cloud/network_elastic.c - Elastic IP addresses: public addresses that an account keeps.
 *
 * True to the EC2 user guide, "Elastic IP addresses": it stays with the instance over a stop and a
 *         start, and goes back to nobody when the instance is terminated; the account keeps it.
 */
#include "cloud/network.h"

static void changed(const struct network *network, const struct elastic_ip *elastic, bool kept)
{
    if (network->elastic_changed != NULL)
        network->elastic_changed(network->context, elastic, kept);
}

struct elastic_ip *elastic_ip_allocate(struct network *network, uint64_t account, uint8_t region)
{
    struct elastic_ip *elastic = table_add(&network->elastics, ids_new(network->ids));

    elastic->account = account;
    elastic->region = region;
    elastic->address = network_public_draw(network, elastic->id, region);
    changed(network, elastic, true);
    return elastic;
}

struct elastic_ip *elastic_ip_find(const struct network *network, uint64_t account, uint8_t region,
                                   uint64_t id)
{
    struct elastic_ip *elastic = table_find(&network->elastics, id);

    return elastic != NULL && elastic->account == account && elastic->region == region ? elastic
                                                                                       : NULL;
}

bool elastic_ip_is_kept(const struct network *network, uint32_t address)
{
    for (uint32_t i = 0; i < table_count(&network->elastics); i++) {
        if (((const struct elastic_ip *)table_at(&network->elastics, i))->address == address)
            return true;
    }
    return false;
}

void elastic_ip_associate(struct network *network, struct elastic_ip *elastic,
                          struct interface *interface)
{
    elastic_ip_disassociate(network, elastic);
    if (interface_elastic(interface) != 0)
        elastic_ip_disassociate(network,
                                table_get(&network->elastics, interface_elastic(interface)));
    interface_set_public(network, interface, false);
    interface_rare_make(interface)->elastic = elastic->id;
    interface->public_address = elastic->address;
    network_public_take(network, elastic->address, interface->id);
    elastic->interface = interface->id;
    elastic->association = ids_new(network->ids);
    changed(network, elastic, true);
}

void elastic_ip_disassociate(struct network *network, struct elastic_ip *elastic)
{
    struct interface *interface;

    if (elastic->interface == 0)
        return;
    interface = table_get(&network->interfaces, elastic->interface);
    interface_rare_make(interface)->elastic = 0;
    interface_set_public(network, interface, false);
    elastic->interface = elastic->association = 0;
    changed(network, elastic, true);
}

void elastic_ip_release(struct network *network, struct elastic_ip *elastic)
{
    elastic_ip_disassociate(network, elastic);
    changed(network, elastic, false);
    table_remove(&network->elastics, elastic->id);
}

bool elastic_ips_restore(const struct network *network)
{
    for (uint32_t i = 0; i < table_count(&network->elastics); i++) {
        const struct elastic_ip *elastic = table_at(&network->elastics, i);
        const struct interface *interface = table_find(&network->interfaces, elastic->interface);

        if (elastic->address == 0 || (interface == NULL) != (elastic->interface == 0) ||
            (interface != NULL &&
             (interface_elastic(interface) != elastic->id ||
              interface->public_address != elastic->address)))
            return false;
    }
    for (uint32_t i = 0; i < table_count(&network->interfaces); i++) {
        const struct interface *interface = table_at(&network->interfaces, i);
        uint64_t id = interface_elastic(interface);
        const struct elastic_ip *elastic = table_find(&network->elastics, id);

        if (id != 0 && (elastic == NULL || elastic->interface != interface->id))
            return false;
    }
    return true;
}

static const struct field elastic_fields[] = {
    F_INT(struct elastic_ip, id, "AllocationId", "Its id."),
    F_INT(struct elastic_ip, account, "Account", "Whose it is."),
    F_INT(struct elastic_ip, interface, "NetworkInterfaceId", "Where it is."),
    F_INT(struct elastic_ip, association, "AssociationId", "Since when it is there."),
    F_INT(struct elastic_ip, address, "PublicIp", "The address."),
    F_INT(struct elastic_ip, region, "Region", "Where it can be."),
    F_EMBED(struct elastic_ip, tags, struct tags, &tags_shape, "Tags", "Its tags."),
};

const struct shape elastic_ip_shape = SHAPE("ElasticIp", struct elastic_ip, elastic_fields);
