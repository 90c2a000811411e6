using System.Net;
using System.Net.Sockets;
using Ascent.Schemas;

namespace Ascent.Risk;

/// <summary>
/// <c>Neighbour</c> is an address that stands for many clients, <c>Registration</c> one that signs people up; <c>Recipient</c> and <c>Sender</c>
/// are whom messages go to and who causes them.
/// </summary>
internal enum ThrottleKind { Identifier, Address, Factor, Neighbour, Registration, Recipient, Sender }

/// <summary>What an attempt is counted for. Its name is kept as a keyed hash only, and never printed.</summary>
internal sealed record ThrottleSubject
{
    private ThrottleSubject(ThrottleKind kind, string name) => (Kind, Name) = (kind, name);

    public ThrottleKind Kind { get; }

    /// <summary>The name in the one form in which it is counted.</summary>
    public string Name { get; }

    /// <summary>The client, where that is what is counted.</summary>
    public IPAddress? Client { get; private init; }

    public Guid? IdentityId { get; private init; }
    public string? Method { get; private init; }

    /// <summary>What somebody typed to say who they are; every way of writing it is the same subject.</summary>
    public static ThrottleSubject Identifier(string typed) => new(ThrottleKind.Identifier, Identifiers.Normalize(typed));

    /// <summary>
    /// Codes that an account is recovered by, named by whom they were sent to. Counted apart from the identifier that signs in: who
    /// is locked out there gets back in here.
    /// </summary>
    public static ThrottleSubject Recovery(string to) => new(ThrottleKind.Identifier, $"recovery\n{Identifiers.Normalize(to)}");

    /// <summary>Codes that verify an address, by the address: whosever it is, and if it is nobody's.</summary>
    public static ThrottleSubject Verification(string address) => new(ThrottleKind.Identifier, $"verification\n{Identifiers.Normalize(address)}");

    /// <summary>Where the attempt comes from. An IPv6 client has a whole /64 to itself, so that is what is counted.</summary>
    public static ThrottleSubject Address(IPAddress client)
    {
        if (client.IsIPv4MappedToIPv6) client = client.MapToIPv4();
        return new(ThrottleKind.Address, client.AddressFamily == AddressFamily.InterNetworkV6 ? Network(client) : client.ToString()) { Client = client };
    }

    /// <summary>A peer that forwards for others and is not trusted to say for whom: what all of them do is counted for it.</summary>
    public static ThrottleSubject Neighbour(IPAddress peer) => new(ThrottleKind.Neighbour, Address(peer).Name) { Client = Address(peer).Client, Times = NeighbourFactor };

    /// <summary>Accounts that a client makes. Counted apart from what it guesses: a class that signs up does not keep its school from signing in.</summary>
    public static ThrottleSubject Registration(ThrottleSubject client) => Of(ThrottleKind.Registration, client);

    /// <summary>Messages that a client causes.</summary>
    public static ThrottleSubject Sender(ThrottleSubject client) => Of(ThrottleKind.Sender, client);

    /// <summary>Messages to an address, whosever it is and if it is nobody's.</summary>
    public static ThrottleSubject Recipient(string address) => new(ThrottleKind.Recipient, Identifiers.Normalize(address));

    /// <summary>One method of one account: guessing at it is limited whoever guesses, wherever from.</summary>
    public static ThrottleSubject Factor(Guid identityId, string method) =>
        new(ThrottleKind.Factor, $"{identityId:n} {method}") { IdentityId = identityId, Method = method };

    /// <summary>Whether many share it, so that one's success says nothing of the others' attempts.</summary>
    public bool IsShared => Kind is ThrottleKind.Address or ThrottleKind.Neighbour or ThrottleKind.Registration;

    /// <summary>How far its limit is another than its kind's: who stands for many is let do as much as many.</summary>
    public int Times { get; private init; } = 1;

    private const int NeighbourFactor = 10;

    private static ThrottleSubject Of(ThrottleKind kind, ThrottleSubject client) =>
        new(kind, client.Name) { Client = client.Client, Times = client.Kind == ThrottleKind.Neighbour ? NeighbourFactor : 1 };

    public override string ToString() => $"throttle subject of kind {Kind}";

    private static string Network(IPAddress client)
    {
        Span<byte> bytes = stackalloc byte[16];
        client.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
